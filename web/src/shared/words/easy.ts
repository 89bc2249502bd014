import type { CommonKey } from './common.ts';

const easy: Partial<Record<CommonKey, string>> = {
  loading: 'Odota hetki…',
  saved: 'Tieto on tallessa.',
  copy_failed: 'Kopiointi ei onnistu nyt. Kopioi itse.',
  offline: 'Puhelimessa ei ole nyt verkkoa.',
  updated: 'Tiedot on haettu {time}',
  new_version: 'Sovelluksesta on uusi versio.',
  take_new_version: 'Ota uusi versio',
  check_form: 'Korjaa nämä kohdat.',
  problem_no_network: 'Puhelimessa ei ole verkkoa. Yritä myöhemmin uudelleen.',
  problem_internal: 'Palvelu ei toimi oikein. Yritä myöhemmin uudelleen.',
  problem_unavailable: 'Palvelu ei toimi juuri nyt. Yritä pian uudelleen.',
  problem_timeout: 'Palvelu oli liian hidas. Yritä uudelleen.',
  problem_busy: 'Palvelussa on nyt paljon ihmisiä. Yritä pian uudelleen.',
  problem_too_many_requests: 'Yritit liian monta kertaa. Odota {seconds} sekuntia.',
  problem_too_many_tries: 'Yritit liian monta kertaa väärin. Odota {seconds} sekuntia.',
  problem_wrong_clock: 'Puhelimen kello on väärässä ajassa. Laita puhelimeen automaattinen aika.',
  problem_invalid_field: 'Korjaa tämä kohta.',
};

export default easy;
