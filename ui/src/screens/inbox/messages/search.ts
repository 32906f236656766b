// What Ctrl+K finds and does among messages.
import { i18n } from '../../../i18n/index.svelte';
import { messages as messagesTexts } from '../../../i18n/texts/messages';
import type { Command, SearchProvider } from '../../../state/palette.svelte';
import { router } from '../../../state/router.svelte';
import { mailbox } from './mailbox.svelte';
import { addressOfTalk, nameOf, presenceOf, toWriteTo } from './people';

const LEAST = 2;
const MOST = 6;

export const messageSearch: readonly SearchProvider[] = [
  {
    id: 'messages',
    title: () => i18n.of(messagesTexts).find.title,
    async find(words) {
      if (words.length < LEAST || !mailbox.data?.account) return [];
      return toWriteTo(mailbox.data.contacts, words)
        .slice(0, MOST)
        .map((contact) => ({
          id: `contact:${contact.address}`,
          title: nameOf(contact, contact.address),
          note: [contact.address, i18n.of(messagesTexts).presence[presenceOf(contact).code]].join(' · '),
          run: () => router.go(addressOfTalk(contact.address)),
        }));
    },
  },
];

export const messageCommands: readonly Command[] = [
  () => ({
    id: 'messages:open',
    title: i18n.of(messagesTexts).find.open,
    words: 'messages chat сообщения переписка чат',
    run: () => router.go('#/inbox/messages'),
  }),
  () =>
    mailbox.data?.account
      ? {
          id: 'messages:new',
          title: i18n.of(messagesTexts).find.fresh,
          words: 'write message chat написать сообщение беседа',
          run: () => {
            if (router.route.path[0] !== 'messages') router.go('#/inbox/messages');
            mailbox.beginning = true;
          },
        }
      : null,
  () =>
    mailbox.data?.connected
      ? {
          id: 'messages:account',
          title: i18n.of(messagesTexts).find.account,
          words: 'account messenger jabber учётная запись мессенджер пароль',
          run: () => {
            if (router.route.path[0] !== 'messages') router.go('#/inbox/messages');
            mailbox.connecting = true;
          },
        }
      : null,
];
