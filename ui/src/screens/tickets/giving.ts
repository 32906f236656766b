// Files given to an element by pasting or dropping. Words that are pasted stay with the field they are pasted into.
import type { Attachment } from 'svelte/attachments';

export function takesFiles(take: (files: File[]) => void, over: (is: boolean) => void): Attachment<HTMLElement> {
  return (node) => {
    const brings = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const listeners = {
      paste(event: ClipboardEvent) {
        const files = [...(event.clipboardData?.files ?? [])];
        if (files.length === 0) return;
        event.preventDefault();
        take(files);
      },
      dragover(event: DragEvent) {
        if (!brings(event)) return;
        event.preventDefault();
        over(true);
      },
      dragleave(event: DragEvent) {
        if (!(event.relatedTarget instanceof Node && node.contains(event.relatedTarget))) over(false);
      },
      drop(event: DragEvent) {
        if (!brings(event)) return;
        event.preventDefault();
        over(false);
        take([...(event.dataTransfer?.files ?? [])]);
      },
    };
    const entries = Object.entries(listeners) as [string, EventListener][];
    for (const [name, listener] of entries) node.addEventListener(name, listener);
    return () => {
      for (const [name, listener] of entries) node.removeEventListener(name, listener);
    };
  };
}
