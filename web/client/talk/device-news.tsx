import type { DevicesView } from '../room/device-desk.ts';
import type { Talk } from './talk.ts';
import { useStore } from './use-store.ts';

/** What became of the devices that the person chose, in words. */
export function DeviceNewsLine({ devices }: { readonly devices: Talk['devices'] }) {
  const words = newsWords(useStore(devices));
  return (
    <p className="device-news" role="status" data-empty={words === ''}>
      {words}
    </p>
  );
}

function newsWords({ microphone, speaker }: DevicesView): string {
  return [
    { news: microphone.news, standIn: 'the system’s default microphone' },
    { news: speaker?.news ?? null, standIn: 'the system’s default speaker' },
  ]
    .flatMap(({ news, standIn }) => {
      if (!news) return [];
      return news.kind === 'gone'
        ? [`“${news.label}” is not connected. In use: ${standIn}.`]
        : [`“${news.label}” is back and in use.`];
    })
    .join(' ');
}
