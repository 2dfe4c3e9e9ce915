// Writing a report in a browser.

/** Passes "is it one of these?", whether or not something is there, and the photos, on to
    who it is from. */
export async function noneOfThese(page) {
  const name = page.getByLabel(/^(称呼|Name)/);
  const steps = [
    page.getByRole('button', { name: /都不是，继续上报|None of these, go on/ }),
    page.getByRole('button', { name: /^(下一步|Continue)$/ }),
  ];
  // What is being looked for may be found to be nothing just as the button is pressed.
  for (let tries = 0; tries < 80 && !(await name.isVisible()); tries++) {
    for (const step of steps) {
      if (await name.isVisible()) break;
      if (await step.isVisible()) await step.click({ timeout: 1_000 }).catch(() => undefined);
    }
    await page.waitForTimeout(250);
  }
  await name.waitFor();
}
