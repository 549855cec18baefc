/** Tells the book from its margin tables among files that came together. */

interface Named {
  readonly name: string;
}

/** With two files the one whose name speaks of meta, tables or universe holds the tables; else the second does. */
export const sortFiles = <F extends Named>(files: readonly F[]): { readonly book: F | undefined; readonly meta: F | undefined } => {
  if (files.length < 2) return { book: files[0], meta: undefined };
  const meta = files.find(({ name }) => /meta|tables?|universe/i.test(name)) ?? files[1];
  return { book: files.find((file) => file !== meta), meta };
};
