// Writing a report in a browser.

/** Passes "is it one of these?" on to the next step, whether or not something is there. */
export async function noneOfThese(page) {
  const name = page.getByLabel(/^(称呼|Name)/);
  const none = page.getByRole('button', { name: /都不是，继续上报|None of these, go on/ });
  await name.or(none).first().waitFor();
  // What is being looked for may be found to be nothing just as the button is pressed.
  for (let tries = 0; tries < 40 && !(await name.isVisible()); tries++) {
    if (await none.isVisible()) await none.click({ timeout: 1_000 }).catch(() => undefined);
    await page.waitForTimeout(250);
  }
  await name.waitFor();
}
