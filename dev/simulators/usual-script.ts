/** What simulated recognisers understand where nobody says otherwise, sentence by sentence. */
export const USUAL_HEARD: readonly string[] = [
  'Hello, what are your opening hours?',
  'Can I book a table for two at eight?',
  'My name is Anna Miller.',
  'Do you have a parking lot?',
  'Thank you, goodbye.',
];
