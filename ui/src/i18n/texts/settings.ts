// Words of the settings screen.

const ru = {
  title: 'Настройки',
  short: 'Настройки',
  appearance: 'Внешний вид',
  appearanceText: 'Хранится на этом рабочем месте.',
  theme: 'Тема',
  language: 'Язык',
  zone: 'Часовой пояс',
  zoneText: 'Время на всех экранах показано в этом поясе.',
  about: 'О программе',
  version: 'Версия',
};

const en: typeof ru = {
  title: 'Settings',
  short: 'Settings',
  appearance: 'Appearance',
  appearanceText: 'Kept on this workstation.',
  theme: 'Theme',
  language: 'Language',
  zone: 'Time zone',
  zoneText: 'Times on every screen are shown in this zone.',
  about: 'About',
  version: 'Version',
};

export const settings = { ru, en };
