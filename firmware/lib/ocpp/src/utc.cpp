#include "ocpp/utc.h"

namespace evse::ocpp {

namespace {

constexpr int64_t kSecond = 1000000;
constexpr int64_t kDay = 86400 * kSecond;

// Days since 1970-01-01 of a date of the Gregorian calendar: years that begin in March have the
// leap day at their end, so months are counted by one formula.
int days_of(int year, int month, int day) {
  const int y = month <= 2 ? year - 1 : year;
  const int m = month <= 2 ? month + 9 : month - 3;
  return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1 - 719468;
}

int length_of(int year, int month) {
  constexpr int kLength[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kLength[month - 1];
}

class Reader {
 public:
  explicit Reader(const char* text) : at_(text) {}

  bool number(int digits, int& value) {
    value = 0;
    for (int i = 0; i < digits; ++i, ++at_) {
      if (*at_ < '0' || *at_ > '9') return false;
      value = value * 10 + (*at_ - '0');
    }
    return true;
  }
  bool take(char c) {
    if (*at_ != c) return false;
    ++at_;
    return true;
  }
  bool digit() const { return *at_ >= '0' && *at_ <= '9'; }
  bool end() const { return *at_ == '\0'; }
  char now() const { return *at_; }

 private:
  const char* at_;
};

bool fraction(Reader& in, int64_t& us) {
  us = 0;
  if (!in.take('.') && !in.take(',')) return true;
  if (!in.digit()) return false;
  int64_t weight = kSecond / 10;
  for (int digit = 0; in.digit(); weight /= 10) {
    in.number(1, digit);
    us += digit * weight;
  }
  return true;
}

bool zone(Reader& in, int64_t& offset_us) {
  offset_us = 0;
  if (in.end() || in.take('Z') || in.take('z')) return true;
  const bool west = in.now() == '-';
  if (!in.take('+') && !in.take('-')) return false;
  int hours = 0;
  int minutes = 0;
  if (!in.number(2, hours)) return false;
  if (in.take(':') || in.digit()) {
    if (!in.number(2, minutes)) return false;
  }
  if (hours > 23 || minutes > 59) return false;
  const int offset_s = (hours * 60 + minutes) * 60;
  offset_us = (west ? -offset_s : offset_s) * kSecond;
  return true;
}

}  // namespace

bool parse_utc(const char* text, int64_t& utc_us) {
  Reader in(text);
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!in.number(4, year) || !in.take('-') || !in.number(2, month) || !in.take('-') ||
      !in.number(2, day) || !(in.take('T') || in.take('t') || in.take(' ')) ||
      !in.number(2, hour) || !in.take(':') || !in.number(2, minute)) {
    return false;
  }
  if (in.take(':') && !in.number(2, second)) return false;
  int64_t fraction_us = 0;
  int64_t offset_us = 0;
  if (!fraction(in, fraction_us) || !zone(in, offset_us) || !in.end()) return false;
  if (year < 1970 || year > 2999 || month < 1 || month > 12 || day < 1 ||
      day > length_of(year, month) || hour > 23 || minute > 59 || second > 60) {
    return false;
  }
  if (second == 60) second = 59;  // A leap second counts as the second before it.
  utc_us = days_of(year, month, day) * kDay + ((hour * 60 + minute) * 60 + second) * kSecond +
           fraction_us - offset_us;
  return utc_us >= 0;
}

Stamp format_utc(int64_t utc_us) {
  Stamp text;
  const int days = static_cast<int>(utc_us / kDay);
  const int ms = static_cast<int>((utc_us - days * kDay) / 1000);
  // The inverse of `days_of`, by eras of 400 years.
  const int z = days + 719468;
  const int era = z / 146097;
  const int day_of_era = z - era * 146097;
  const int year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int m = (5 * day_of_year + 2) / 153;
  const int month = m < 10 ? m + 3 : m - 9;
  const int year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  const auto padded = [&text](int number, int digits) {
    int power = 1;
    for (int i = 1; i < digits; ++i) power *= 10;
    for (; power > 0; power /= 10) text.put(static_cast<char>('0' + number / power % 10));
  };
  padded(year, 4);
  text.put('-');
  padded(month, 2);
  text.put('-');
  padded(day_of_year - (153 * m + 2) / 5 + 1, 2);
  text.put('T');
  padded(ms / 3600000, 2);
  text.put(':');
  padded(ms / 60000 % 60, 2);
  text.put(':');
  padded(ms / 1000 % 60, 2);
  text.put('.');
  padded(ms % 1000, 3);
  text.put('Z');
  return text;
}

}  // namespace evse::ocpp
