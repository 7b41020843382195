// What this charger can measure, and how it says so in a SampledValue (OCPP 1.6 7.43).
//
// Not here: state of charge, which a vehicle does not tell over the pilot of IEC 61851-1; export,
// which there is none of; reactive power, whose sign the meter's sums do not hold.
#pragma once

#include <stdint.h>

#include "ocpp/bytes.h"
#include "ocpp/json_writer.h"

namespace evse::ocpp {

// ReadingContext (OCPP 1.6 7.39), those that occur here.
enum class ReadingContext : uint8_t { Begin, End, Periodic, Clock, Trigger };

// The measurands of one list, as bits: one for each measurand, and of those that exist per phase
// one for each phase besides. What is asked for twice is told once.
using Measurands = uint32_t;

// False: an item that cannot be measured here, such as `SoC` or `Frequency.L1`.
bool add_measurand(const char* item, Measurands& measurands);
// Of a list that has been checked.
Measurands measurands_of(const char* list);

// What the meter of a connector shows at one instant.
struct Reading {
  int64_t register_wh = 0;
  int32_t interval_wh = 0;  // since the sample before, or since the start
  int32_t voltage_mv[3] = {};
  int32_t current_ma[3] = {};
  int32_t power_mw[3] = {};
  int32_t offered_ma = 0;
  uint8_t offered_phases = 3;  // that a vehicle may use now
  uint8_t phases = 3;          // of the EVSE
  int32_t frequency_mhz = 0;
  int32_t temperature_cc = 0;
};
constexpr int kReadingBytes = 8 + 4 + 9 * 4 + 4 + 1 + 1 + 4 + 4;

void encode(const Reading& reading, BytesOut& out);
void decode(BytesIn& in, Reading& reading);

// Writes a MeterValue into a list: its time, and a SampledValue for each value that is wanted.
void write_meter_value(const Reading& reading, Measurands wanted, ReadingContext context,
                       int64_t utc_us, JsonWriter& out);

}  // namespace evse::ocpp
