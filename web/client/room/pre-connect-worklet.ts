/** Runs in the audio thread: makes 16-bit PCM of what passes, 100 ms at a time. */

interface Processor {
  readonly port: MessagePort;
}
declare const AudioWorkletProcessor: new () => Processor;
declare const registerProcessor: (name: string, processor: new () => Processor) => void;
declare const sampleRate: number;

class PcmRecorder extends AudioWorkletProcessor {
  #block = new Int16Array(Math.round(sampleRate / 10));
  #filled = 0;
  #isOver = false;

  constructor() {
    super();
    // The one message there is: hand out what is left.
    this.port.onmessage = () => {
      this.#isOver = true;
      this.#hand();
      this.port.postMessage(null);
    };
  }

  process([input]: readonly Float32Array[][]): boolean {
    for (const value of input?.[0] ?? []) {
      if (this.#isOver) break;
      this.#block[this.#filled++] = Math.max(-1, Math.min(1, value)) * 32_767;
      if (this.#filled === this.#block.length) this.#hand();
    }
    return !this.#isOver;
  }

  #hand(): void {
    this.port.postMessage(new Uint8Array(this.#block.slice(0, this.#filled).buffer));
    this.#filled = 0;
  }
}

registerProcessor('pcm-recorder', PcmRecorder);
