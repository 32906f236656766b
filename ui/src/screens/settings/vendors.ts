// What the engine cannot tell about a connection: which settings it needs before it can be switched on, whether we make
// its secrets or the other side does, and how its address looks filled in.

/** The value of a setting of the vendor, by the last word of its path. */
export type Setting = (word: string) => unknown;

export interface Vendor {
  /** Settings without which it does not work, by the last word of their path; they may hang on other settings of it. */
  needs: readonly string[] | ((setting: Setting) => readonly string[]);
  /** Secrets the other side presents to us, or takes from us: we make them. The rest is theirs and is typed in. */
  ourSecrets: 'all' | readonly string[];
  /** Secrets it works without. */
  spareSecrets?: readonly string[] | ((setting: Setting) => readonly string[]);
  /** Hook routes not shown because another shown one does the same. */
  twins: readonly string[];
  /** The query of a whole example, by route; `{key}` is where the key stands. */
  examples: Readonly<Record<string, string>>;
  /** Templates of bodies that the other side fills in and sends, by their word in the texts. */
  bodies?: Readonly<Record<string, string>>;
}

/** The connection that tells of the operators on the floor. */
export const PLATFORM = 'finesse';

const call = 'type=newcall&ani={number}&curator_id={operator}&key={key}';

const vendors: Record<string, Vendor> = {
  telephony: {
    needs: ['clients'],
    ourSecrets: 'all',
    twins: ['entry_no_slash', 'entry_number_no_slash'],
    examples: { entry: call, entry_number: 'type=newcall&curator_id={operator}&key={key}' },
  },
  agencies: { needs: ['base', 'login'], ourSecrets: [], twins: [], examples: {} },
  finesse: { needs: ['url', 'login'], ourSecrets: [], twins: [], examples: {} },
  okdesk: {
    needs: ['base'],
    ourSecrets: ['ratings.webhook_key'],
    twins: ['hook_legacy', 'rating_answer'],
    examples: { hook: 'key={key}' },
  },
  bitrix24: {
    needs: ['base'],
    ourSecrets: ['bitrix24.bot_token'],
    // Only for a bot of ours, and only for answers that come as events.
    spareSecrets: ['bitrix24.bot_token', 'bitrix24.application_token'],
    twins: [],
    examples: {},
  },
  erp: {
    needs: [],
    ourSecrets: ['erp.api_key'],
    // Only where it calls from another machine.
    spareSecrets: ['erp.api_key'],
    twins: [],
    examples: {},
  },
  intradesk: {
    needs: (setting) => {
      if (setting('product') === 'intraservice') return ['base', 'login'];
      return setting('auth') === 'apikey' ? ['tenant'] : ['tenant', 'login'];
    },
    ourSecrets: [],
    spareSecrets: (setting) =>
      setting('product') !== 'intraservice' && setting('auth') === 'apikey'
        ? ['carousel.password']
        : ['carousel.api_key'],
    twins: [],
    examples: {},
  },
  pachca: { needs: [], ourSecrets: [], twins: [], examples: {} },
  tracker: {
    // Either organization will do.
    needs: (setting) => (isBlank(setting('cloud_org_id')) ? ['org_id', 'queue_key'] : ['queue_key']),
    ourSecrets: ['ct.tracker_hook_key', 'ct.tracker_hook_key_next'],
    // The second key is there only while one takes the place of the other.
    spareSecrets: (setting) => [
      'ct.tracker_hook_key_next',
      ...(setting('auth') === 'basic' ? ['ct.tracker_token'] : ['ct.tracker_basic_user', 'ct.tracker_basic_pass']),
    ],
    twins: [],
    examples: {},
    // Nothing that may hold a quotation mark stands in them: the other side fills them in without escaping.
    bodies: {
      comment:
        '{"v":1,"type":"issueCommentEvent","key":"{{issue.key}}","comment":{"id":"{{userComment.id}}"},"sentAt":"{{currentDateTime.unixEpoch}}"}',
      status:
        '{"v":1,"type":"issueStatusEvent","key":"{{issue.key}}","status":"{{issue.status.key}}","sentAt":"{{currentDateTime.unixEpoch}}"}',
    },
  },
  yandex360: { needs: ['org_id'], ourSecrets: [], twins: [], examples: {} },
  redmine: {
    needs: ['base'],
    ourSecrets: ['redmine.webhook_secret'],
    // Without it the tracker's calls are turned away, and changes are found by looking.
    spareSecrets: ['redmine.webhook_secret'],
    twins: [],
    examples: {},
  },
  staff: { needs: ['base'], ourSecrets: [], twins: [], examples: {} },
  xmpp: { needs: ['jid'], ourSecrets: [], twins: [], examples: {} },
  call_feed: { needs: [], ourSecrets: 'all', twins: [], examples: {} },
};

const unknown: Vendor = { needs: [], ourSecrets: [], twins: [], examples: {} };

export function vendorOf(name: string): Vendor {
  return Object.hasOwn(vendors, name) ? (vendors[name] ?? unknown) : unknown;
}

/** What of a vendor hangs on its settings, for those in force. */
export function demandsOf(
  name: string,
  setting: Setting,
): { needs: readonly string[]; spareSecrets: readonly string[] } {
  const { needs, spareSecrets = [] } = vendorOf(name);
  const read = (list: typeof needs) => (typeof list === 'function' ? list(setting) : list);
  return { needs: read(needs), spareSecrets: read(spareSecrets) };
}

/** Whether we make a secret of this vendor ourselves. */
export function isOurs(name: string, secret: string): boolean {
  const { ourSecrets } = vendorOf(name);
  return ourSecrets === 'all' || ourSecrets.includes(secret);
}

/** Whether a setting says nothing yet. */
export const isBlank = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

/** The whole address of an example, or null where the address alone is all there is. */
export function exampleOf(name: string, route: string, url: string, keyWord: string): string | null {
  const query = vendorOf(name).examples[route];
  return query ? `${url}?${query.replace('{key}', keyWord)}` : null;
}
