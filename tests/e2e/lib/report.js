// Writing a report in a browser.

/** Passes "is it one of these?", whether or not something is there, and the photos, on to
    who it is from. */
export async function noneOfThese(page) {
  const details = page.locator('#more');
  const none = page.getByRole('button', { name: /都不是，继续上报|None of these, go on/ });
  await details.or(none).first().waitFor();
  // What is being looked for may be found to be nothing just as the button is pressed.
  for (let tries = 0; tries < 40 && !(await details.isVisible()); tries++) {
    if (await none.isVisible()) await none.click({ timeout: 1_000 }).catch(() => undefined);
    await page.waitForTimeout(250);
  }
  await details.waitFor();
  await page.getByRole('button', { name: /^(下一步|Continue)$/ }).click();
  await page.getByLabel(/^(称呼|Name)/).waitFor();
}
