/** Made by web/vite/vad-files.ts. */
declare module 'virtual:vad-files' {
  /** Address of the folder with the detector's worklet, model and WebAssembly; ends with a slash. */
  export const vadFolder: string;
}
