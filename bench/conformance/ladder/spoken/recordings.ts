/**
 * People's recordings in Debian's package pocketsphinx-testdata (0.8+5prealpha+1-15), 16 kHz, with the end of each word
 * in ms. The ends are those of pocketsphinx's own alignment of the transcript (`pocketsphinx_continuous -jsgf -time yes`
 * with a grammar of the one sentence), exact to about 50 ms.
 */
export const RECORDINGS: readonly {
  readonly file: string;
  readonly words: readonly (readonly [text: string, endMs: number])[];
}[] = [
  {
    file: 'librivox/sense_and_sensibility_01_austen_64kb-0870.wav',
    words: [
      ['and', 360],
      ['mister', 620],
      ['john', 990],
      ['dashwood', 1_550],
      ['had', 1_830],
      ['then', 2_210],
      ['leisure', 2_710],
      ['to', 2_890],
      ['consider', 3_440],
      ['how', 3_890],
      ['much', 4_320],
      ['there', 4_520],
      ['might', 4_780],
      ['be', 4_930],
      ['prudently', 5_450],
      ['in', 5_550],
      ['his', 5_740],
      ['power', 6_030],
      ['to', 6_130],
      ['do', 6_340],
      ['for', 6_600],
      ['them', 7_040],
    ],
  },
  {
    file: 'librivox/sense_and_sensibility_01_austen_64kb-0880.wav',
    words: [
      ['he', 320],
      ['was', 550],
      ['not', 1_140],
      ['an', 1_290],
      ['ill', 1_470],
      ['disposed', 2_110],
      ['young', 2_320],
      ['man', 2_790],
    ],
  },
  {
    file: 'librivox/sense_and_sensibility_01_austen_64kb-0890.wav',
    words: [
      ['unless', 580],
      ['to', 690],
      ['be', 850],
      ['rather', 1_210],
      ['cold', 1_730],
      ['hearted', 2_200],
      ['and', 2_400],
      ['rather', 2_770],
      ['selfish', 3_580],
      ['is', 3_870],
      ['to', 3_970],
      ['be', 4_150],
      ['ill', 4_360],
      ['disposed', 5_080],
    ],
  },
  {
    file: 'librivox/sense_and_sensibility_01_austen_64kb-0920.wav',
    words: [
      ['had', 430],
      ['he', 540],
      ['married', 970],
      ['a', 1_020],
      ['more', 1_410],
      ['amiable', 2_000],
      ['woman', 2_490],
      ['he', 2_710],
      ['might', 2_970],
      ['have', 3_180],
      ['been', 3_350],
      ['made', 3_690],
      ['still', 4_050],
      ['more', 4_260],
      ['respectable', 4_990],
      ['than', 5_120],
      ['he', 5_190],
      ['was', 5_830],
    ],
  },
  {
    file: 'librivox/sense_and_sensibility_01_austen_64kb-0930.wav',
    words: [
      ['he', 380],
      ['might', 630],
      ['even', 920],
      ['have', 1_060],
      ['been', 1_310],
      ['made', 1_670],
      ['amiable', 2_260],
      ['himself', 2_850],
    ],
  },
  {
    file: 'cards/001.wav',
    words: [
      ['ten', 320],
      ['of', 440],
      ['clubs', 950],
    ],
  },
  {
    file: 'cards/002.wav',
    words: [
      ['four', 630],
      ['queen', 1_030],
      ['of', 1_190],
      ['clubs', 1_730],
    ],
  },
  {
    file: 'cards/003.wav',
    words: [
      ['seven', 550],
      ['of', 680],
      ['clubs', 1_520],
    ],
  },
  {
    file: 'cards/004.wav',
    words: [
      ['five', 620],
      ['five', 1_240],
    ],
  },
  {
    file: 'cards/005.wav',
    words: [
      ['eight', 410],
      ['of', 500],
      ['spades', 1_120],
      ['four', 1_530],
      ['of', 1_640],
      ['clubs', 2_210],
      ['seven', 2_620],
      ['of', 2_730],
      ['hearts', 3_250],
    ],
  },
  {
    file: 'goforward.raw',
    words: [
      ['go', 630],
      ['forward', 1_160],
      ['ten', 1_520],
      ['meters', 2_110],
    ],
  },
  {
    file: 'something.raw',
    words: [
      ['go', 620],
      ['somewhere', 1_160],
      ['and', 1_340],
      ['do', 1_520],
      ['something', 2_110],
    ],
  },
  {
    file: 'tidigits/dhd.2934z.raw',
    words: [
      ['two', 390],
      ['nine', 640],
      ['three', 870],
      ['four', 1_120],
      ['zero', 1_610],
    ],
  },
];
