/**
 * Stems and whole passwords that are tried first. A password counts as common when it equals one of these after
 * lower-casing and after the digits and signs around it are taken off (`Password2026!!` is `password`).
 */
export const commonPasswords: ReadonlySet<string> = new Set(
  `password passwort motdepasse contrasena parola sifre sifrem haslo passw0rd passwordpassword mypassword
  thisismypassword changeme changemenow changemeplease letmein letmeinnow letmeinplease welcome welcomehome
  welcomeback welcometo administrator administrators admin adminadmin administration root rootroot superuser
  qwerty qwertyuiop qwertyuiopasdf qwertyqwerty qwertz azerty azertyuiop asdfghjkl asdfghjklqwerty zxcvbnm
  qazwsxedc qazwsxedcrfv onetwothree iloveyou iloveyouforever iloveyousomuch trustno sunshine princess
  football baseball basketball superman batman spiderman pokemon starwars dragon monkey shadow master
  michael jennifer jordan hunter ranger buster killer george charlie andrew michelle jessica daniel
  computer internet security securitysecurity secret secretsecret topsecret supersecret verysecret
  correcthorsebatterystaple abcdefghijkl abcdefabcdef abcd test testtest testing testingtesting guest
  default defaultpassword temporary temppassword temp temporarypassword newpassword oldpassword
  vigil vigilvigil vigiladmin vigilpassword fraud fraudfraud frauddetection frauddetector analyst operator
  auditor securityofficer senioranalyst summer winter spring autumn january february march april may june july
  august september october november december monday tuesday wednesday thursday friday saturday sunday
  ncc1701 1q2w3e4r5t6y 1qaz2wsx3edc zaq12wsx 1q2w3e4r 1qaz2wsx q1w2e3r4t5y6 p@ssw0rd p@ssword pa55word
  company enterprise business manager office database postgres postgresql fenerbahce galatasaray besiktas istanbul
  ankara liverpool arsenal chelsea barcelona realmadrid juventus`.split(/\s+/),
);
