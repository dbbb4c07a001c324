// A spoken conversation with a tool call and an interruption. Prints what happened as one line of JSON.
import { RealtimeAgent, RealtimeSession, tool } from '@openai/agents-realtime';
import { z } from 'zod';

const [url, key] = process.argv.slice(2);
const happened = { kinds: [], asked: [], bytes: 0, interrupted: 0, errors: [], history: [] };

function tone(hertz, seconds) {
  const samples = new Int16Array(Math.round(seconds * 24000));
  if (hertz) samples.forEach((_, at) => (samples[at] = 8000 * Math.sin((2 * Math.PI * hertz * at) / 24000)));
  return samples.buffer;
}

const weather = tool({
  name: 'get_weather',
  description: 'Tells the weather.',
  parameters: z.object({ city: z.string() }),
  execute: async ({ city }) => {
    happened.asked.push(city);
    return 'Rain.';
  },
});
const agent = new RealtimeAgent({ name: 'Assistant', instructions: 'Be brief.', tools: [weather] });
const session = new RealtimeSession(agent, { transport: 'websocket', model: 'gpt-realtime', tracingDisabled: true });

let spoke = false;
let responses = 0;
const ended = new Promise((resolve) => {
  session.transport.on('*', (event) => {
    happened.kinds.push(event.type);
    if (event.type === 'error') happened.errors.push(event.error);
    if (event.type === 'response.done' && ++responses === 3) resolve();
  });
});
session.on('audio', (event) => {
  happened.bytes += event.data.byteLength;
  if (!spoke) {
    spoke = true;
    session.sendAudio(tone(800, 0.6));
  }
});
session.on('audio_interrupted', () => happened.interrupted++);
session.on('error', (error) => happened.errors.push(String(error.error?.message ?? error.error ?? error)));
session.on('history_updated', (history) => {
  happened.history = history.map((item) => [item.type, item.role ?? item.name, item.content?.[0]?.transcript ?? item.output]);
});

await session.connect({ apiKey: key, url });
session.sendAudio(tone(500, 0.6));
const microphone = setInterval(() => session.sendAudio(tone(0, 0.1)), 20);
await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 20000))]);
await new Promise((resolve) => setTimeout(resolve, 100));
clearInterval(microphone);
session.close();
console.log(JSON.stringify(happened));
process.exit(0);
