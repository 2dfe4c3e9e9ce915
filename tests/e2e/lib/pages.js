// Every page by the names of its pictures: who looks, and at which address.
import { gridWorker, person } from './people.js';
import { caseAt, lightingUnit, signedIn } from './town.js';

const KINDS = [
  'topic',
  'dispute',
  'deliberation',
  'consultation',
  'micro_project',
  'asset',
  'property_party',
];

/** What residents see. */
export async function residentPages() {
  const { code } = await caseAt('closed');
  const operator = await signedIn(person('operator'));
  // Where most was closed: somewhere in its square there is something to see.
  const { places } = await operator.get('/api/v1/cases/recurring?stage=closed');
  const { lat, lon } = places[0].about;
  return [
    ['welcome', '/'],
    ['sign-in', '/sign-in'],
    ['report-place', '/report'],
    ['report-what', '/report?step=what'],
    ['report-details', '/report?step=details'],
    ['report-who', '/report?step=who'],
    ['report-check', '/report?step=check'],
    ['follow', '/follow'],
    ['follow-closed', `/follow/${code}`],
    ['near', `/near?at=${lat},${lon}&days=366&within=1500`, 'main li'],
    ['warnings-now', '/warnings/now'],
    ['not-found', '/no/such/page'],
  ];
}

/** What the desk and leaders see. */
export async function deskPages() {
  const open = await caseAt('submitted', '巷口的路灯三天没有亮了，晚上很黑，老人出门不方便。');
  const closed = await caseAt('closed');
  const operator = await signedIn(person('operator'));
  const first = async (what, ...at) =>
    at.reduce((value, key) => value[key], await operator.get(what));
  const whistle = await first('/api/v1/whistles', 'whistles', 0, 'id');
  const thing = await first('/sta/v1.1/Things?$top=1', 'value', 0, '@iot.id');
  const dossiers = await Promise.all(
    KINDS.map(async (kind) => [
      `together-${kind}`,
      `/together/${await first(`/api/v1/dossiers?kind=${kind}`, 'dossiers', 0, 'id')}`,
    ]),
  );
  return [
    ['desk', `/desk?case=${open.id}`],
    ['desk-map', '/desk?view=map'],
    ['desk-charts', '/desk?charts=1'],
    ['desk-empty', '/desk?q=nothing+of+the+kind'],
    ['boards', '/boards?formula=resolution'],
    ['boards-open', '/boards?formula=response&open=left_out&every=month&group=area'],
    ['boards-empty', '/boards?until=2001-01-01'],
    ...['load', 'topics', 'monthly'].map((view) => [
      `boards-${view}`,
      `/boards?view=${view}`,
      'svg.bars',
    ]),
    ...['now', 'rates', 'load', 'topics', 'whistles', 'map'].map((panel) => [
      `wall-${panel}`,
      `/wall?panel=${panel}`,
    ]),
    ['hotline', '/hotline'],
    ['upload', '/upload'],
    ['case-submitted', `/cases/${open.id}`],
    ['case-closed', `/cases/${closed.id}`],
    ['needs', '/needs?order=rise', 'tbody tr'],
    ['seats', '/seats'],
    ['roster', '/roster'],
    ['together', '/together'],
    ...dossiers,
    ['whistles', '/whistles'],
    ['whistle', `/whistles/${whistle}`],
    ['blow', `/whistles/new?case=${open.id}`],
    ['alerts', '/alerts'],
    ['things', '/things'],
    ['thing', `/things/${thing}`],
    ['warnings', '/warnings'],
    ['devices', '/devices'],
    ['studies', '/studies'],
    ['scenarios', '/scenarios'],
    ['scenario', '/scenarios/elders-at-home'],
    ['scenario-coverage', '/scenarios?view=coverage'],
    ['grid', '/grid'],
  ];
}

/** What a unit sees of its own. */
export async function unitPages() {
  const { staff } = await lightingUnit();
  return {
    as: staff,
    pages: [
      ['queue', '/queue'],
      ['queue-whistles', '/queue?part=whistles'],
    ],
  };
}

/** What a grid worker sees, on the spot. */
export async function patrolPages() {
  const as = gridWorker();
  const own = await signedIn(as);
  const { cases } = await own.get('/api/v1/cases?limit=50');
  const at = cases.find((one) => one.point).point;
  const pages = [
    ['patrol', '/patrol'],
    ['patrol-near', '/patrol?tab=near'],
    ['patrol-outbox', '/patrol?tab=outbox'],
    ['patrol-find', '/patrol?do=find'],
    ['patrol-blow', '/patrol?do=blow'],
  ];
  return { as, at, pages };
}

/** What a steward keeps. */
export async function stewardPages() {
  const steward = await signedIn(person('steward'));
  const { areas, units, categories } = await steward.get('/api/v1/city');
  const street = areas.find((one) => one.tier === 'street');
  const settings = [
    'units',
    'templates',
    'categories',
    'city',
    'limits',
    'automatic',
    'duplicates',
    'areas',
    'authority',
    'calendar?year=2026',
    'formulas',
    'webhooks',
    'webhooks?code=',
    `units?code=${units[0].code}`,
    `templates?code=6-2&street=${street.code}`,
    `categories?code=${categories[0].code}`,
    `authority?category=${categories[0].code}`,
  ];
  return [
    ...settings.map((page) => [`settings-${page.replace(/\W+/g, '-')}`, `/city/${page}`]),
    ['scenario-change', '/scenarios/elders-at-home?edit='],
    ['scenario-domains', '/scenarios?view=domains'],
    ['rules', '/rules'],
    ['mappings', '/devices/mappings'],
    ['warning-settings', '/warnings/settings'],
  ];
}

/** What the administrator keeps. */
export const ADMIN_PAGES = [['settings-accounts', '/city/accounts']];
