/** What a link lets through. */
export type Block =
  | 'nothing'
  | 'everything'
  /** All but TCP from or to these ports. */
  | { readonly allButTcpPorts: readonly number[] };

/** How bad a link is. Each way alike, but for the rate. */
export interface LinkConditions {
  /** Packets lost at random, each way, in percent. Range 0 to 100. */
  readonly lossPercent: number;
  /** Added each way, in ms: a round trip takes twice as long. */
  readonly delayMs: number;
  /** At most so much more, in ms, different for each packet. Packets keep their order, as in a queue. */
  readonly jitterMs: number;
  /** From the caller to the host, in kbit/s; null is as fast as it goes. What waits for longer than 0.4 s is dropped. */
  readonly upKbps: number | null;
  readonly block: Block;
}

export const GOOD_LINK: LinkConditions = {
  lossPercent: 0,
  delayMs: 0,
  jitterMs: 0,
  upKbps: null,
  block: 'nothing',
};
