/** A bucket of a store that speaks S3. */
export interface Bucket {
  /** Its address with host or path naming it, and a folder in it where one is wanted; without a closing slash. */
  readonly url: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}
