// The copy buttons of the listener's page.
for (const button of document.querySelectorAll('button[data-copy]')) {
  const sample = document.getElementById(button.dataset.copy);
  const said = button.nextElementSibling;
  button.addEventListener('click', async () => {
    try {
      // Only where the page is trusted, which plain HTTP from another machine is not.
      await navigator.clipboard.writeText(sample.textContent);
      said.value = 'Скопировано';
    } catch {
      const range = document.createRange();
      range.selectNodeContents(sample);
      const selection = getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      said.value = document.execCommand('copy') ? 'Скопировано' : 'Выделено: нажмите Ctrl+C';
    }
  });
}
