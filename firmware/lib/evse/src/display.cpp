#include "evse/display.h"

#include "evse/limits.h"

namespace evse {

namespace {

constexpr const char* kPhaseWords[] = {
    "OUT OF SERVICE", "READY",          "PLUGGED IN", "WAITING FOR VEHICLE", "CHECKING", "CHARGING",
    "STOPPING",       "FAULT, WAITING", "FAULT",
};

// In the order of the bits of `FaultCode`.
constexpr const char* kFaultWords[] = {
    "pilot shorted",   "diode missing",    "cable not known", "earth lost",   "residual current",
    "RCM test failed", "contactor welded", "contactor stuck", "over-current", "short circuit",
    "too hot",         "under-voltage",    "over-voltage",    "phase lost",   "neutral lost",
    "sensor lost",     "lock failed",      "no ventilation",
};

constexpr Indicator kLamps[] = {
    Indicator::Unavailable, Indicator::Ready,     Indicator::Plugged,
    Indicator::Suspended,   Indicator::Suspended, Indicator::Charging,
    Indicator::Suspended,   Indicator::Fault,     Indicator::Fault,
};

// Writes into one line of a display, and no further.
class Writer {
 public:
  explicit Writer(char (&line)[20]) : line_(line) {
    for (char& place : line_) place = '\0';
  }

  void text(const char* words) {
    while (*words != '\0') put(*words++);
  }

  // A number of tenths or hundredths, by `digits` after the point.
  void number(uint32_t value, int digits) {
    char reversed[12];
    int count = 0;
    do {
      reversed[count++] = static_cast<char>('0' + value % 10);
      value /= 10;
    } while (value != 0 || count <= digits);
    while (count > 0) {
      put(reversed[--count]);
      if (count == digits && digits > 0) put('.');
    }
  }

 private:
  void put(char letter) {
    if (used_ < 20) line_[used_++] = letter;
  }

  char (&line_)[20];
  int used_ = 0;
};

constexpr uint32_t kMwOfTenthKw = 100000;
constexpr int64_t kMwhOfHundredthKwh = 10000;

}  // namespace

void Display::write_lines(const Report& report, Outputs& outputs) const {
  Writer(outputs.display_1).text(kPhaseWords[static_cast<int>(report.phase)]);
  Writer second(outputs.display_2);
  if (report.faults != 0) {
    second.text(kFaultWords[__builtin_ctz(report.faults)]);
    return;
  }
  if (report.closed) {
    int32_t power_mw = 0;
    for (const int32_t line_mw : report.power_mw) power_mw += line_mw;
    second.number(power_mw > 0 ? static_cast<uint32_t>(power_mw) / kMwOfTenthKw : 0, 1);
    second.text(" kW ");
  }
  second.number(static_cast<uint32_t>(report.energy_mwh / kMwhOfHundredthKwh), 2);
  second.text(" kWh");
}

void Display::tick(uint64_t now_us, const Report& report, Outputs& outputs) {
  const bool other = !shown_ || report.phase != phase_ || report.faults != faults_;
  const bool moved = report.energy_mwh - energy_mwh_ >= kMwhOfHundredthKwh;
  if (!other && !(moved && now_us - written_us_ >= kSecond)) return;
  shown_ = true;
  phase_ = report.phase;
  faults_ = report.faults;
  energy_mwh_ = report.energy_mwh;
  written_us_ = now_us;
  outputs.indicator = kLamps[static_cast<int>(report.phase)];
  write_lines(report, outputs);
}

}  // namespace evse
