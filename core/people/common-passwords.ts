/** Passwords of ten characters and more that are tried first; shorter ones are refused anyway. */
export const commonPasswords: ReadonlySet<string> = new Set(
  `0123456789 0987654321 1029384756 1111111111 1122334455 1234512345 1234567890 12345678900 12345678910 123456789a 123456789q
  123456789101112 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx3edc 9876543210 a123456789 abc1234567 abcd123456 abcdefghij abcdefghijk
  administrator asdfghjkl1 asdfghjkl; basketball changeme12 changeme123 correcthorsebatterystaple computer12 football12
  football123 helloworld iloveyou12 iloveyou123 letmein123 letmein1234 liverpool1 manchester masterpass mypassword password00
  password01 password10 password11 password12 password123 password1234 password12345 password123456 password1! password!1
  passwordpassword pa55word123 p@ssw0rd12 p@ssw0rd123 p@ssword123 passw0rd12 passw0rd123 princess12 princess123 q1w2e3r4t5
  q1w2e3r4t5y6 qazwsxedcr qazwsxedcrfv qwerty1234 qwerty12345 qwerty123456 qwertyuiop qwertyuiop1 qwertyuiop123 qwertzuiop
  secret1234 spring2024 spring2025 spring2026 summer2024 summer2025 summer2026 sunshine12 sunshine123 superman12 superman123
  starwars12 starwars123 testtest12 test123456 test1234567 trustno1234 welcome123 welcome1234 winter2024 winter2025
  winter2026 zaq12wsxcde zxcvbnm123 zxcvbnm1234`.split(/\s+/),
);
