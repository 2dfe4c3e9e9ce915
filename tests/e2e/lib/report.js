// Writing a report in a browser.

/** Passes "is it one of these?" on to the next step, whether or not something is there. */
export async function noneOfThese(page) {
  const name = page.getByLabel(/^(称呼|Name)/);
  const none = page.getByRole('button', { name: /都不是，继续上报|None of these, go on/ });
  await name.or(none).first().waitFor();
  // What was being looked for may have been found to be nothing just now.
  if (await none.isVisible()) await none.click({ timeout: 3_000 }).catch(() => undefined);
  await name.waitFor();
}
