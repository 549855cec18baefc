/** Sound and the system's own notifications. Both only because somebody asked for them here. */

/** How the browser stands to notifications; `unsupported` where it has none. */
export type Permission = 'granted' | 'denied' | 'default' | 'unsupported';

export const permission = (): Permission => (typeof Notification === 'undefined' ? 'unsupported' : Notification.permission);

export const PERMISSION_WORDS: Readonly<Record<Permission, string>> = {
  granted: 'Allowed by this browser.',
  denied: 'Blocked by this browser: allow it in the settings of this site.',
  default: 'Not asked yet.',
  unsupported: 'This browser has no notifications.',
};

/** Shows one; false where the browser refuses (a phone wants a service worker). */
export function notify(title: string, body: string, tag: string): boolean {
  if (permission() !== 'granted') return false;
  try {
    new Notification(title, { body, tag });
    return true;
  } catch {
    return false;
  }
}

let context: AudioContext | undefined;

/** Two short tones, higher the second. Silent where the browser has not yet been touched. */
export function beep(): void {
  try {
    context ??= new AudioContext();
    void context.resume();
    const at = context.currentTime;
    for (const [i, hertz] of [660, 880].entries()) tone(context, hertz, at + i * 0.16);
  } catch {
    return;
  }
}

function tone(audio: AudioContext, hertz: number, at: number): void {
  const oscillator = audio.createOscillator();
  const gain = audio.createGain();
  oscillator.frequency.value = hertz;
  gain.gain.setValueAtTime(0.0001, at);
  gain.gain.exponentialRampToValueAtTime(0.15, at + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.0001, at + 0.14);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(at);
  oscillator.stop(at + 0.15);
}
