// The activation codes that were made in this page. The server keeps none that could be shown again; here they live as long as the page,
// so that a worker can look at the card and come back to the code.

export interface Given {
  code: string;
  expires: string;
  /** The recovery code of the sheet, if one was made with this code. */
  recovery?: string;
}

const given = new Map<string, Given>();

export const remember = (pass: string, code: Given): void => void given.set(pass, code);
export const givenFor = (pass: string): Given | undefined => given.get(pass);
export const forgetCode = (pass: string): void => void given.delete(pass);
export const forgetGiven = (): void => given.clear();

/** Where holders open the app: where this page says that it is at home, and without a word of that where it is. */
const home = (): URL => new URL(document.querySelector<HTMLLinkElement>('link[rel=canonical]')?.href ?? location.href);

/** The address that is read out or printed. */
export const hostToOpen = (): string => home().host;

/** The address that the picture holds. What stands after # goes to no server: opening it shows the code and uses nothing up. */
export const linkOf = (code: string): string => `${home().origin}/activate#${code}`;
