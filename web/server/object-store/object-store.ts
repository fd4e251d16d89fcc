import type { Readable } from 'node:stream';

/** What lies in the store under a key. */
export interface StoredObject {
  readonly sizeBytes: number;
  /** Another one where the content is, as the store names it. */
  readonly tag: string;
  /** As it was told with the content, hex; null where another program put it there. */
  readonly sha256: string | null;
}

/** What is to be stored. */
export interface NewObject {
  readonly sizeBytes: number;
  /** Of the content, hex: the store takes no other. */
  readonly sha256: string;
  readonly contentType: string;
  /** The content, from its beginning. */
  open(): Readable;
}

/**
 * Files by keys such as `recordings/2026/11/RM_1.wav` in a store that others run too. A key holds letters, digits and
 * `_ - . /`. Everything rejects with `StoreError`, or with the reason of a signal that aborts it.
 */
export interface ObjectStore {
  /** Null where nothing lies under the key. */
  look(key: string, options?: { readonly signal?: AbortSignal }): Promise<StoredObject | null>;
  /** Stores it in place of what lay there. After an abort or a failure the former content is there, or the new one. */
  put(key: string, object: NewObject, options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Bytes `first` to `last`, both included, of the content of that tag; the stream fails where the connection does. */
  read(
    key: string,
    part: { readonly tag: string; readonly first: number; readonly last: number },
    options?: { readonly signal?: AbortSignal },
  ): Promise<Readable>;
  /** Nothing lies under the key from then on. */
  remove(key: string): Promise<void>;
  /** Ends every connection. */
  close(): Promise<void>;
}
