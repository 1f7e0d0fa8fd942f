import { $ } from './dom.mjs';

/**
 * Tabs as the keyboard knows them: arrows go from one to the next.
 * @param {Record<string, () => void>} onShow by the id of the tab, the first of which is shown
 * @param {(id: string) => void} onChoose
 * @returns {(id: string) => void} chooses a tab
 */
export function makeTabs(onShow, onChoose) {
  const tabs = Object.keys(onShow).map($);
  const choose = (id) => {
    for (const tab of tabs) {
      const isChosen = tab.id === id;
      tab.setAttribute('aria-selected', String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      $(tab.getAttribute('aria-controls')).hidden = !isChosen;
    }
    onShow[id]();
    onChoose(id);
  };
  tabs.forEach((tab, i) => {
    tab.onclick = () => choose(tab.id);
    tab.onkeydown = ({ key }) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (step === undefined) return;
      const next = tabs[(i + step + tabs.length) % tabs.length];
      choose(next.id);
      next.focus();
    };
  });
  return choose;
}
