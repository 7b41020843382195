#include "ocpp/measurands.h"

#include "ocpp/utc.h"

namespace evse::ocpp {

namespace {

constexpr const char* kContexts[] = {"Transaction.Begin", "Transaction.End", "Sample.Periodic",
                                     "Sample.Clock", "Trigger"};
constexpr const char* kLines[] = {"L1", "L2", "L3"};
constexpr const char* kToNeutral[] = {"L1-N", "L2-N", "L3-N"};

enum Which : uint8_t {
  kRegister,
  kInterval,
  kPower,
  kPowerFactor,
  kPowerOffered,
  kCurrent,
  kVoltage,
  kCurrentOffered,
  kFrequency,
  kTemperature,
  kCount,
};

constexpr const char* kNames[kCount] = {
    "Energy.Active.Import.Register", "Energy.Active.Import.Interval", "Power.Active.Import",
    "Power.Factor",                  "Power.Offered",                 "Current.Import",
    "Voltage",                       "Current.Offered",               "Frequency",
    "Temperature"};

// Bits: kCount for the measurands as a whole, then four times three for those per phase.
constexpr int kPerPhase[] = {kPower, kPowerFactor, kCurrent, kVoltage};

int per_phase_index(int which) {
  for (int i = 0; i < 4; ++i) {
    if (kPerPhase[i] == which) return i;
  }
  return -1;
}

Measurands whole(int which) { return 1u << which; }
Measurands of_phase(int which, int line) {
  return 1u << (kCount + per_phase_index(which) * 3 + line);
}

// The line of a phase such as L2 or L2-N; -1: it is none.
int line_of(const char* text, int size) {
  const bool neutral = size == 4 && text[2] == '-' && text[3] == 'N';
  if ((size != 2 && !neutral) || text[0] != 'L' || text[1] < '1' || text[1] > '3') return -1;
  return text[1] - '1';
}

// `thousandths` rounded to some decimals.
Text<24> decimal(int64_t thousandths, int decimals) {
  int64_t unit = 1;
  for (int i = decimals; i < 3; ++i) unit *= 10;
  const bool negative = thousandths < 0;
  const int64_t size = (negative ? -thousandths : thousandths) + unit / 2;
  int64_t scaled = size / unit;
  Text<24> text;
  if (negative && scaled != 0) text.put('-');
  int64_t power = 1;
  for (int i = 0; i < decimals; ++i) power *= 10;
  text.add(scaled / power);
  if (decimals > 0) text.put('.');
  for (scaled %= power; power > 1;) {
    power /= 10;
    text.put(static_cast<char>('0' + scaled / power % 10));
  }
  return text;
}

class ValueWriter {
 public:
  ValueWriter(const Reading& reading, ReadingContext context, JsonWriter& out)
      : reading_(reading), context_(context), out_(out) {}

  void write(Measurands wanted) {
    for (int which = 0; which < kCount; ++which) {
      if ((wanted & whole(which)) != 0) write_whole(which);
      if (per_phase_index(which) < 0) continue;
      for (int line = 0; line < reading_.phases && line < 3; ++line) {
        const bool all = (wanted & whole(which)) != 0 && has_lines(which);
        // A value that exists per phase is told for each (errata 3.13).
        if (all || (wanted & of_phase(which, line)) != 0) write_line(which, line);
      }
    }
  }

 private:
  // On one phase the total says it already.
  bool has_lines(int which) const {
    return which == kCurrent || which == kVoltage || reading_.phases > 1;
  }

  void one(const char* value, int which, const char* unit, const char* phase = nullptr,
           const char* location = nullptr) {
    out_.open_object();
    out_.text("value", value);
    out_.text("context", kContexts[static_cast<int>(context_)]);
    out_.text("measurand", kNames[which]);
    if (phase != nullptr) out_.text("phase", phase);
    if (location != nullptr) out_.text("location", location);
    if (unit != nullptr) out_.text("unit", unit);
    out_.close_object();
  }

  int64_t apparent_uva(int line) const {
    return static_cast<int64_t>(reading_.voltage_mv[line]) * reading_.current_ma[line];
  }

  // In thousandths; 1 where nothing flows.
  static int64_t factor(int64_t power_mw, int64_t apparent_uva) {
    return apparent_uva > 0 ? power_mw * 1000 * 1000 / apparent_uva : 1000;
  }

  void write_whole(int which) {
    int64_t sum = 0;
    int64_t apparent = 0;
    switch (which) {
      case kRegister:
        one(Text<24>().add(reading_.register_wh).get(), which, "Wh");
        break;
      case kInterval:
        one(Text<24>().add(int64_t{reading_.interval_wh}).get(), which, "Wh");
        break;
      case kPower:
        for (int i = 0; i < reading_.phases; ++i) sum += reading_.power_mw[i];
        one(decimal(sum, 1).get(), which, "W");
        break;
      case kPowerFactor:
        for (int i = 0; i < reading_.phases; ++i) {
          sum += reading_.power_mw[i];
          apparent += apparent_uva(i);
        }
        one(decimal(factor(sum, apparent), 3).get(), which, nullptr);
        break;
      case kPowerOffered:
        for (int i = 0; i < reading_.offered_phases; ++i) {
          sum += static_cast<int64_t>(reading_.voltage_mv[i]) * reading_.offered_ma / 1000;
        }
        one(decimal(sum, 1).get(), which, "W");
        break;
      case kCurrentOffered:
        one(decimal(reading_.offered_ma, 1).get(), which, "A");
        break;
      case kFrequency:
        // In hertz: UnitOfMeasure has none for it (OCPP 1.6 7.45), StopTransaction's schema neither.
        one(decimal(reading_.frequency_mhz, 2).get(), which, nullptr);
        break;
      case kTemperature:
        one(decimal(int64_t{reading_.temperature_cc} * 10, 1).get(), which, "Celsius", nullptr,
            "Body");
        break;
      default:
        break;  // those that are told per phase alone
    }
  }

  void write_line(int which, int line) {
    switch (which) {
      case kPower:
        one(decimal(reading_.power_mw[line], 1).get(), which, "W", kLines[line]);
        break;
      case kPowerFactor:
        one(decimal(factor(reading_.power_mw[line], apparent_uva(line)), 3).get(), which, nullptr,
            kLines[line]);
        break;
      case kCurrent:
        one(decimal(reading_.current_ma[line], 2).get(), which, "A", kLines[line]);
        break;
      case kVoltage:
        one(decimal(reading_.voltage_mv[line], 1).get(), which, "V", kToNeutral[line]);
        break;
      default:
        break;
    }
  }

  const Reading& reading_;
  ReadingContext context_;
  JsonWriter& out_;
};

}  // namespace

bool add_measurand(const char* item, Measurands& measurands) {
  const int size = static_cast<int>(strlen(item));
  int dot = size;
  while (dot > 0 && item[dot] != '.') --dot;
  const int line = dot > 0 ? line_of(item + dot + 1, size - dot - 1) : -1;
  const int name_size = line < 0 ? size : dot;
  for (int which = 0; which < kCount; ++which) {
    const bool same = static_cast<int>(strlen(kNames[which])) == name_size &&
                      strncmp(kNames[which], item, static_cast<size_t>(name_size)) == 0;
    if (!same) continue;
    if (line >= 0 && per_phase_index(which) < 0) return false;
    measurands |= line < 0 ? whole(which) : of_phase(which, line);
    return true;
  }
  return false;
}

void encode(const Reading& reading, BytesOut& out) {
  out.i64(reading.register_wh).i32(reading.interval_wh);
  for (int i = 0; i < 3; ++i) {
    out.i32(reading.voltage_mv[i]).i32(reading.current_ma[i]).i32(reading.power_mw[i]);
  }
  out.i32(reading.offered_ma).u8(reading.offered_phases).u8(reading.phases);
  out.i32(reading.frequency_mhz).i32(reading.temperature_cc);
}

void decode(BytesIn& in, Reading& reading) {
  reading.register_wh = in.i64();
  reading.interval_wh = in.i32();
  for (int i = 0; i < 3; ++i) {
    reading.voltage_mv[i] = in.i32();
    reading.current_ma[i] = in.i32();
    reading.power_mw[i] = in.i32();
  }
  reading.offered_ma = in.i32();
  reading.offered_phases = in.u8();
  reading.phases = in.u8();
  reading.frequency_mhz = in.i32();
  reading.temperature_cc = in.i32();
}

void write_meter_value(const Reading& reading, Measurands wanted, ReadingContext context,
                       int64_t utc_us, JsonWriter& out) {
  out.open_object();
  out.text("timestamp", format_utc(utc_us).get());
  out.open_list("sampledValue");
  ValueWriter(reading, context, out).write(wanted);
  out.close_list();
  out.close_object();
}

}  // namespace evse::ocpp
