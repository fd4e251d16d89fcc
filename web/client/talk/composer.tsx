import { type FormEvent, type KeyboardEvent, type RefObject, useState } from 'react';
import { SendIcon } from './icons.tsx';
import './composer.css';

/** Longest message, in UTF-16 code units: in UTF-8 it stays below the 8 KiB that agents take. */
const MAX_MESSAGE_CHARS = 2_000;

/** Where a person types to the agent. Enter sends, with Shift it begins a new line; Escape leaves. */
export function Composer({
  field,
  onSend,
}: {
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly onSend: (text: string) => void;
}) {
  const [text, setText] = useState('');
  const send = () => {
    if (text.trim() === '') return;
    onSend(text);
    setText('');
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send();
    field.current?.focus();
  };
  const heedKey = (event: KeyboardEvent) => {
    // Out of the field, to where single keys act again.
    if (event.key === 'Escape') return field.current?.blur();
    // An input method takes Enter for its own choice of characters.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form className="composer" onSubmit={submit}>
      <textarea
        ref={field}
        rows={1}
        aria-label="Message to the agent"
        placeholder="Type a message"
        enterKeyHint="send"
        autoComplete="off"
        maxLength={MAX_MESSAGE_CHARS}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={heedKey}
      />
      <button type="submit" className="send" aria-label="Send" disabled={text.trim() === ''}>
        <SendIcon />
      </button>
    </form>
  );
}
