/** What is wrong with a field, under the id of its control; no id for the form as a whole. */
export type Fault = { id: string | null; message: string };
