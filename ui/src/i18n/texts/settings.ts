// Texts of the settings screen; one file a language, because there are many.
import { en } from './settings.en';
import { ru } from './settings.ru';

export const settings = { ru, en };
