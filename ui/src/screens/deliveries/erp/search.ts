// What Ctrl+K finds and does among ERP documents.
import { backend } from '../../../backend';
import { i18n } from '../../../i18n/index.svelte';
import { erp as erpTexts } from '../../../i18n/texts/erp';
import type { PaletteItem, SearchProvider } from '../../../state/palette.svelte';
import { router } from '../../../state/router.svelte';
import { numberOf } from './filter';
import { stateOf } from './marks';

/** Several documents may bear one number, of different years. */
const MOST = 3;

export const documentSearch: readonly SearchProvider[] = [
  {
    id: 'documents',
    title: () => i18n.of(erpTexts).search.title,
    async find(words) {
      const number = numberOf(words);
      // Every number holds a digit; without one it is a name that is sought.
      if (number === null || !/\d/.test(number)) return [];
      const { rows } = await backend().call('erp.page', {
        filter: { state: null, number },
        before: null,
        limit: MOST,
      });
      const t = i18n.of(erpTexts);
      return rows.map((row) => ({
        id: `document:${row.id}`,
        title: t.search.document(row.number),
        note: [stateOf(row, t).word, i18n.f.instant(row.received_at), row.title].filter(Boolean).join(' · '),
        run: () => router.open('document', row.id),
      }));
    },
  },
];

const LIST = '#/deliveries?tab=documents';

export const documentCommands: readonly (() => PaletteItem)[] = [
  () => ({
    id: 'documents:list',
    title: i18n.of(erpTexts).search.open,
    words: 'erp 1c 1с documents документы задачи tasks bitrix',
    run: () => router.go(LIST),
  }),
  () => ({
    id: 'documents:troubled',
    title: i18n.of(erpTexts).search.troubled,
    words: 'erp 1c 1с documents документы ошибка error',
    run: () => router.go(`${LIST}&state=error`),
  }),
];
