// strftime as Python's datetime has it for a time without a zone, in the C locale.
#include <fmt/format.h>

#include "text/jinja/builtins.hpp"

namespace reckon::text::jinja {
namespace {

constexpr std::string_view weekdays[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                         "Thursday", "Friday", "Saturday"};
constexpr std::string_view months[] = {"January", "February", "March",     "April",   "May",      "June",
                                       "July",    "August",   "September", "October", "November", "December"};

// A time taken apart, as tm has it: weekday from Sunday, day of the year from 0.
struct Civil {
  int year, month, day, hour, minute, second, microsecond, weekday, day_of_year;
};

Civil take_apart(LocalTime time) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  const auto first = local_days(date.year() / January / 1);
  return {static_cast<int>(date.year()),
          static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())),
          static_cast<int>(clock.hours().count()),
          static_cast<int>(clock.minutes().count()),
          static_cast<int>(clock.seconds().count()),
          static_cast<int>(clock.subseconds().count()),
          static_cast<int>(weekday(day).c_encoding()),
          static_cast<int>((day - first).count())};
}

struct IsoWeek {
  int year, week;
};

IsoWeek iso_week(const Civil& t) {
  using namespace std::chrono;
  // The week belongs to the year its Thursday lies in.
  const auto day = local_days(year(t.year) / t.month / t.day);
  const auto thursday = day + days(3 - (t.weekday + 6) % 7);
  const year_month_day date(thursday);
  const auto first = local_days(date.year() / January / 1);
  return {static_cast<int>(date.year()), static_cast<int>((thursday - first).count()) / 7 + 1};
}

std::string number(int value, int width, bool unpadded, char fill = '0') {
  if (unpadded) return std::to_string(value);
  return fill == '0' ? fmt::format("{:0{}}", value, width) : fmt::format("{:{}}", value, width);
}

std::string directive(const Civil& t, char code, bool unpadded) {
  const int hour12 = t.hour % 12 == 0 ? 12 : t.hour % 12;
  switch (code) {
    case 'a': return std::string(weekdays[t.weekday].substr(0, 3));
    case 'A': return std::string(weekdays[t.weekday]);
    case 'b':
    case 'h': return std::string(months[t.month - 1].substr(0, 3));
    case 'B': return std::string(months[t.month - 1]);
    case 'c':
      return fmt::format("{} {} {:2} {:02}:{:02}:{:02} {}", weekdays[t.weekday].substr(0, 3),
                         months[t.month - 1].substr(0, 3), t.day, t.hour, t.minute, t.second, t.year);
    case 'C': return number(t.year / 100, 2, unpadded);
    case 'd': return number(t.day, 2, unpadded);
    case 'D':
    case 'x': return fmt::format("{:02}/{:02}/{:02}", t.month, t.day, t.year % 100);
    case 'e': return number(t.day, 2, unpadded, ' ');
    case 'f': return fmt::format("{:06}", t.microsecond);
    case 'F': return fmt::format("{}-{:02}-{:02}", t.year, t.month, t.day);
    case 'g': return number(iso_week(t).year % 100, 2, unpadded);
    case 'G': return std::to_string(iso_week(t).year);
    case 'H': return number(t.hour, 2, unpadded);
    case 'I': return number(hour12, 2, unpadded);
    case 'j': return number(t.day_of_year + 1, 3, unpadded);
    case 'k': return number(t.hour, 2, unpadded, ' ');
    case 'l': return number(hour12, 2, unpadded, ' ');
    case 'm': return number(t.month, 2, unpadded);
    case 'M': return number(t.minute, 2, unpadded);
    case 'n': return "\n";
    case 'p': return t.hour < 12 ? "AM" : "PM";
    case 'P': return t.hour < 12 ? "am" : "pm";
    case 'r':
      return fmt::format("{:02}:{:02}:{:02} {}", hour12, t.minute, t.second, t.hour < 12 ? "AM" : "PM");
    case 'R': return fmt::format("{:02}:{:02}", t.hour, t.minute);
    case 'S': return number(t.second, 2, unpadded);
    case 't': return "\t";
    case 'T':
    case 'X': return fmt::format("{:02}:{:02}:{:02}", t.hour, t.minute, t.second);
    case 'u': return std::to_string(t.weekday == 0 ? 7 : t.weekday);
    case 'U': return number((t.day_of_year + 7 - t.weekday) / 7, 2, unpadded);
    case 'V': return number(iso_week(t).week, 2, unpadded);
    case 'w': return std::to_string(t.weekday);
    case 'W': return number((t.day_of_year + 7 - (t.weekday + 6) % 7) / 7, 2, unpadded);
    case 'y': return number(t.year % 100, 2, unpadded);
    case 'Y': return std::to_string(t.year);
    case 'z':
    case 'Z': return "";
    case '%': return "%";
    default: throw Failure(std::string("strftime_now: the directive '%") + code + "' is not supported");
  }
}

}  // namespace

std::string format_time(LocalTime time, std::string_view format) {
  const Civil civil = take_apart(time);
  std::string out;
  for (size_t at = 0; at < format.size(); ++at) {
    if (format[at] == '\0') throw Failure("strftime_now: a NUL in the format");
    if (format[at] != '%' || at + 1 == format.size()) {
      out += format[at];
      continue;
    }
    const bool unpadded = format[++at] == '-' && at + 1 < format.size();
    if (unpadded) ++at;
    out += directive(civil, format[at], unpadded);
  }
  return out;
}

}  // namespace reckon::text::jinja
