import type { Llm } from '../llm/contract.ts';
import { googleLlm } from '../llm/google.ts';
import { openaiLlm } from '../llm/openai.ts';
import { localLlm, ollamaLlm } from '../llm/openai-compatible.ts';
import { xaiLlm } from '../llm/xai.ts';
import type { Provider } from '../runtime/provider.ts';
import type { Stt } from '../stt/contract.ts';
import { deepgramStt } from '../stt/deepgram.ts';
import { elevenlabsStt } from '../stt/elevenlabs.ts';
import { localStt, openaiStt } from '../stt/openai.ts';
import { sarvamStt } from '../stt/sarvam.ts';
import { cartesiaTts } from '../tts/cartesia.ts';
import type { Tts } from '../tts/contract.ts';
import { deepgramTts } from '../tts/deepgram.ts';
import { elevenlabsTts } from '../tts/elevenlabs.ts';
import { localTts, openaiTts } from '../tts/openai.ts';
import { sarvamTts } from '../tts/sarvam.ts';

/** Every provider that an agent file may name, the one that is taken where it names none and all have keys first. */
export const STT_PROVIDERS: readonly Provider<Stt>[] = [
  deepgramStt,
  openaiStt,
  elevenlabsStt,
  sarvamStt,
  localStt,
];
export const LLM_PROVIDERS: readonly Provider<Llm>[] = [openaiLlm, googleLlm, xaiLlm, ollamaLlm, localLlm];
export const TTS_PROVIDERS: readonly Provider<Tts>[] = [
  cartesiaTts,
  elevenlabsTts,
  deepgramTts,
  openaiTts,
  sarvamTts,
  localTts,
];
