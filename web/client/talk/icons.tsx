/** Line icons, drawn for a 24 by 24 field; words stand beside each, or name its button, so readers skip them. */

interface IconProps {
  readonly path: string;
}

function Icon({ path }: IconProps) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={path} />
    </svg>
  );
}

const MICROPHONE =
  'M12 3.5a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0v-5a3 3 0 0 0-3-3ZM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21M8.5 21h7';

export const MicrophoneIcon = () => <Icon path={MICROPHONE} />;
export const MutedIcon = () => <Icon path={`${MICROPHONE}M4 3l16 18`} />;
export const EndIcon = () => <Icon path="M6 6l12 12M18 6L6 18" />;
export const SendIcon = () => <Icon path="M12 19.5V5M5.5 11.5 12 5l6.5 6.5" />;
export const SettingsIcon = () => <Icon path="M4 7.5h8M18 7.5h2M4 16.5h2M12 16.5h8M15 5v5M9 14v5" />;
export const SpeakerIcon = () => (
  <Icon path="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5H4ZM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a7.8 7.8 0 0 1 0 11" />
);
