import type { Clock } from '../runtime/clock.ts';
import { checkEmbed } from './embed-check.ts';
import { type FrameOrder, readNews, readTheme } from './frame-messages.ts';
import { callStyles } from './parley-call-styles.ts';

/** How long a frame may take to show itself, in ms; then something of the page around it forbids frames of ours. */
const FRAME_PATIENCE_MS = 15_000;
/** How long a call may take to say goodbye before its frame is taken away, in ms. */
const GOODBYE_MS = 1_000;
const MIN_HEIGHT_PX = 120;
const MAX_HEIGHT_PX = 900;

type Phase =
  | { readonly kind: 'closed' }
  | { readonly kind: 'checking'; readonly over: AbortController }
  | { readonly kind: 'open'; readonly frame: HTMLIFrameElement; readonly isCalling: boolean };

/**
 * Defines `<parley-call agent="..." label="..." theme="light|dark">`: a button that opens a call in a frame of the
 * server. Nothing is loaded before the press. Taking the element out of the page ends its call.
 *
 * Events, which bubble: `parley-call:started`; `parley-call:ended` with `{ reason, durationMs }`; `parley-call:refused`
 * with `{ code, message }`.
 */
export function defineParleyCall({
  server,
  clock,
}: {
  /** The folder of the embed script. */
  readonly server: URL;
  readonly clock: Clock;
}): void {
  if (customElements.get('parley-call')) return;

  class ParleyCall extends HTMLElement {
    static readonly observedAttributes = ['agent', 'label', 'theme'];
    readonly #button = document.createElement('button');
    readonly #panel = document.createElement('div');
    readonly #closing = document.createElement('button');
    readonly #message = document.createElement('p');
    #phase: Phase = { kind: 'closed' };
    #cancelPatience = () => {};

    constructor() {
      super();
      this.#button.type = 'button';
      this.#button.className = 'open';
      this.#button.part.add('button');
      this.#button.addEventListener('click', () => this.#open());
      this.#closing.type = 'button';
      this.#closing.className = 'close';
      this.#closing.textContent = '×';
      this.#closing.setAttribute('aria-label', 'Close the call');
      this.#closing.addEventListener('click', () => this.#sayGoodbye());
      this.#panel.className = 'panel';
      this.#panel.part.add('panel');
      this.#panel.append(this.#closing);
      this.#message.className = 'message';
      this.#message.setAttribute('role', 'alert');
      const root = this.attachShadow({ mode: 'open' });
      root.adoptedStyleSheets = [callStyles()];
      root.append(this.#button, this.#panel, this.#message);
      this.#show({ kind: 'closed' });
    }

    connectedCallback() {
      window.addEventListener('message', this.#hear);
      this.#label();
    }

    disconnectedCallback() {
      window.removeEventListener('message', this.#hear);
      this.#close('removed');
    }

    attributeChangedCallback(name: string, before: string | null, after: string | null) {
      if (before === after) return;
      if (name === 'label') this.#label();
      else if (name === 'theme') this.#send({ type: 'parley-call:theme', theme: this.#theme });
      else this.#close('changed');
    }

    get #theme() {
      return readTheme(this.getAttribute('theme'));
    }

    #label() {
      this.#button.textContent = this.getAttribute('label') || 'Start call';
    }

    #show(phase: Phase) {
      this.#phase = phase;
      this.#button.hidden = phase.kind === 'open';
      this.#button.setAttribute('aria-busy', String(phase.kind === 'checking'));
      this.#panel.hidden = phase.kind !== 'open';
    }

    #open() {
      if (this.#phase.kind !== 'closed') return;
      const over = new AbortController();
      this.#message.textContent = '';
      this.#show({ kind: 'checking', over });
      const agent = this.getAttribute('agent') ?? '';
      checkEmbed({ fetch: window.fetch.bind(window), server, agent, signal: over.signal }).then(
        (check) => {
          if (over.signal.aborted) return;
          if (check.kind === 'allowed') this.#openFrame(agent, check.title);
          else this.#refuse(check.code, check.message);
        },
        // Aborted: the element was taken away or asked for something else.
        () => undefined,
      );
    }

    #openFrame(agent: string, title: string) {
      const source = new URL('embed', server);
      if (agent) source.searchParams.set('agent', agent);
      source.searchParams.set('theme', this.#theme);
      source.hash = new URLSearchParams({ from: location.origin }).toString();
      const frame = document.createElement('iframe');
      frame.title = title ? `Call with ${title}` : 'Call';
      frame.allow = 'microphone; autoplay; speaker-selection';
      frame.src = source.href;
      this.#panel.append(frame);
      this.#show({ kind: 'open', frame, isCalling: false });
      frame.focus();
      this.#cancelPatience = clock.at(clock.nowMs() + FRAME_PATIENCE_MS, () =>
        this.#refuse(
          'frame_blocked',
          `The call does not open. This page must allow frames of ${server.origin} (Content-Security-Policy, frame-src).`,
        ),
      );
    }

    readonly #hear = ({ source, origin, data }: MessageEvent) => {
      const phase = this.#phase;
      if (phase.kind !== 'open' || source !== phase.frame.contentWindow || origin !== server.origin) return;
      const news = readNews(data);
      if (news === null) return;
      this.#cancelPatience();
      switch (news.type) {
        case 'parley-call:started':
          this.#phase = { ...phase, isCalling: true };
          return this.#tell(news.type, {});
        case 'parley-call:ended':
          this.#phase = { ...phase, isCalling: false };
          return this.#tell(news.type, { reason: news.reason, durationMs: news.durationMs });
        case 'parley-call:sized': {
          const heightPx = Math.min(Math.max(news.heightPx, MIN_HEIGHT_PX), MAX_HEIGHT_PX);
          phase.frame.style.height = `${Math.ceil(heightPx)}px`;
        }
      }
    };

    #send(order: FrameOrder) {
      if (this.#phase.kind === 'open') this.#phase.frame.contentWindow?.postMessage(order, server.origin);
    }

    #sayGoodbye() {
      const phase = this.#phase;
      if (phase.kind !== 'open') return;
      const close = () => {
        cancel();
        this.removeEventListener('parley-call:ended', close);
        if (this.#phase.kind === 'open' && this.#phase.frame === phase.frame) this.#close('closed');
        this.#button.focus();
      };
      const cancel = clock.at(clock.nowMs() + (phase.isCalling ? GOODBYE_MS : 0), close);
      this.addEventListener('parley-call:ended', close);
      this.#send({ type: 'parley-call:end' });
    }

    /** Takes the frame away, and with it its call. */
    #close(reason: string) {
      const phase = this.#phase;
      this.#cancelPatience();
      this.#show({ kind: 'closed' });
      if (phase.kind === 'checking') phase.over.abort(new Error('nobody waits for the answer any more'));
      if (phase.kind !== 'open') return;
      phase.frame.remove();
      if (phase.isCalling) this.#tell('parley-call:ended', { reason, durationMs: 0 });
    }

    #refuse(code: string, message: string) {
      this.#close('refused');
      this.#message.textContent = message;
      // biome-ignore lint/suspicious/noConsole: whoever made the page looks there.
      console.error(`<parley-call>: ${message}`);
      this.#tell('parley-call:refused', { code, message });
    }

    #tell(type: string, detail: object) {
      this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
    }
  }

  customElements.define('parley-call', ParleyCall);
}
