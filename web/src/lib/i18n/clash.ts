import type { FieldOfCase } from '../difference';

/** The words for two people on one case, in Chinese. */
export const clashZh = {
  told: (who: string, event: string) => `${who} 刚刚办了“${event}”。您看到的是变化之前的情况。`,
  show: '显示最新情况',
  changed: (who: string, at: string) => `${who} 于 ${at} 更改了本案。`,
  changedUnseen: '本案已有变化，其中没有您可以看到的内容。',
  kept: '您填写的内容还在。',
  steps: '您还没看到的步骤',
  changes: '与您看到的不同',
  item: '项目',
  was: '原来',
  is: '现在',
  none: '无',
  fields: {
    stage: '阶段',
    category: '分类',
    area: '区域',
    unit: '主办单位',
    assisting: '协办单位',
    due: '期限',
    pause: '停表',
  } as Record<FieldOfCase, string>,
  yours: '您要办的',
  again: (action: string) => `仍要${action}`,
  gone: (action: string) => `现在不能再“${action}”。`,
  now: (actions: string) => `现在可以：${actions}。`,
  check: '按现在的情况还要补充，请在下面的表单里核对后提交。',
};

export type ClashMessages = typeof clashZh;

/** The same in English. */
export const clashEn: ClashMessages = {
  told: (who, event) => `Changed by ${who} just now: ${event}. You still see the case as it was before.`, // prettier-ignore
  show: 'Show the change',
  changed: (who, at) => `Changed by ${who} at ${at}.`,
  changedUnseen: 'The case has changed, in nothing that you may see.',
  kept: 'What you typed is kept.',
  steps: 'Steps you have not seen',
  changes: 'Other than what you saw',
  item: 'What',
  was: 'Before',
  is: 'Now',
  none: 'none',
  fields: {
    stage: 'Stage',
    category: 'Category',
    area: 'Area',
    unit: 'Lead unit',
    assisting: 'Assisting units',
    due: 'Due',
    pause: 'Clock stopped',
  },
  yours: 'What you were about to do',
  again: (action) => `${action} all the same`,
  gone: (action) => `“${action}” is no longer possible.`,
  now: (actions) => `Possible now: ${actions}.`,
  check: 'As the case is now, something is lacking: check the form below and send it.',
};
