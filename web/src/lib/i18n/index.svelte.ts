import type { LocalText } from '../api/types';
import { en } from './en';
import { zh, type Messages } from './zh';

export type Lang = 'zh' | 'en';

const KEPT_AS = 'yiwang.lang';
const messages: Record<Lang, Messages> = { zh, en };

function readable(text: string | null): Lang | null {
  if (!text) return null;
  if (text.toLowerCase().startsWith('zh')) return 'zh';
  return text.toLowerCase().startsWith('en') ? 'en' : null;
}

function firstLang(): Lang {
  const asked = readable(new URL(location.href).searchParams.get('lang'));
  if (asked) localStorage.setItem(KEPT_AS, asked);
  return (
    asked ??
    readable(localStorage.getItem(KEPT_AS)) ??
    navigator.languages.map(readable).find((lang) => lang !== null) ??
    'zh'
  );
}

class I18n {
  lang = $state<Lang>(firstLang());

  /** The words of the interface in the reader's language. */
  get t(): Messages {
    return messages[this.lang];
  }

  /** The BCP 47 tag for `lang` attributes and `Intl`. */
  get tag(): 'zh-CN' | 'en' {
    return this.lang === 'zh' ? 'zh-CN' : 'en';
  }

  /** One language of a text that comes in both; the other where it is empty. */
  pick(text: LocalText | null | undefined): string {
    if (!text) return '';
    return this.lang === 'zh' ? text.zh || text.en : text.en || text.zh;
  }

  /** Names one after the other, as the language writes them. */
  list(names: string[]): string {
    return names.join(this.lang === 'zh' ? '、' : ', ');
  }

  /** What is said of something, as the language writes it. */
  of(name: string, said: string): string {
    return this.lang === 'zh' ? `${name}：${said}` : `${name}: ${said}`;
  }

  /** A name with what stands beside it in brackets, as the language writes them. */
  aside(name: string, said: string): string {
    return this.lang === 'zh' ? `${name}（${said}）` : `${name} (${said})`;
  }

  use(lang: Lang): void {
    this.lang = lang;
    localStorage.setItem(KEPT_AS, lang);
  }
}

export const i18n = new I18n();
