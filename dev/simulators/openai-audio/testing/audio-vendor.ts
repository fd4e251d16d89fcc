import type { SimulatedVendor } from '../../simulated-vendor.ts';
import { OPENAI_AUDIO_ROUTES } from '../routes.ts';

/** OpenAI without its chat. */
export const audioVendor: SimulatedVendor = {
  name: 'openai',
  isAuthorised: ({ headers }) => headers.authorization !== 'Bearer wrong',
  refuse: (status) => ({
    status,
    body: JSON.stringify({
      error: { message: `HTTP ${status}`, type: 'invalid_request_error', param: null, code: null },
    }),
  }),
  routes: OPENAI_AUDIO_ROUTES,
};
