export type Theme = 'auto' | 'light' | 'dark';
/** Size of type: usual, large (20 px), largest (26 px and up). */
export type Comfort = 'usual' | 'large' | 'largest';

const THEMES: Theme[] = ['auto', 'light', 'dark'];
const COMFORTS: Comfort[] = ['usual', 'large', 'largest'];

function kept<T extends string>(key: string, known: T[], usual: T): T {
  const found = localStorage.getItem(key);
  return known.find((one) => one === found) ?? usual;
}

/** How the reader likes pages to look; kept on this device. */
class Prefs {
  theme = $state<Theme>(kept('yiwang.theme', THEMES, 'auto'));
  comfort = $state<Comfort>(kept('yiwang.comfort', COMFORTS, 'usual'));
  /** What a page shows whatever the reader likes, such as a screen on a wall. */
  forced = $state<'light' | 'dark' | null>(null);
  #systemDark = $state(false);

  constructor() {
    const query = matchMedia('(prefers-color-scheme: dark)');
    this.#systemDark = query.matches;
    query.addEventListener('change', (event) => (this.#systemDark = event.matches));
  }

  get dark(): boolean {
    if (this.forced) return this.forced === 'dark';
    return this.theme === 'auto' ? this.#systemDark : this.theme === 'dark';
  }

  useTheme(theme: Theme): void {
    this.theme = theme;
    localStorage.setItem('yiwang.theme', theme);
  }

  useComfort(comfort: Comfort): void {
    this.comfort = comfort;
    localStorage.setItem('yiwang.comfort', comfort);
  }

  nextTheme(): void {
    this.useTheme(this.dark ? 'light' : 'dark');
  }

  nextComfort(): void {
    const next = COMFORTS[(COMFORTS.indexOf(this.comfort) + 1) % COMFORTS.length];
    this.useComfort(next ?? 'usual');
  }

  /** Writes the choices to the document, where the style sheets read them. */
  apply(root: HTMLElement): void {
    const theme = this.forced ?? this.theme;
    if (theme === 'auto') delete root.dataset['theme'];
    else root.dataset['theme'] = theme;
    if (this.comfort === 'usual') delete root.dataset['comfort'];
    else root.dataset['comfort'] = this.comfort;
  }
}

export const prefs = new Prefs();
