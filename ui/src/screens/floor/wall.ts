// Opens the wallboard from the console: the desk goes on where it is, the wall is for another monitor.
import { backend } from '../../backend';
import { notices } from '../../state/notices.svelte';

export async function openWall(): Promise<void> {
  try {
    await backend().openWall();
  } catch (cause) {
    notices.failed(cause);
  }
}
