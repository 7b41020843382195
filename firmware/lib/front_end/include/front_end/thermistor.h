// A thermistor (10 kOhm at 25 °C, B 3950) below 10 kOhm from 3.3 V, in hundredths of a degree.
#pragma once

#include <stdint.h>

namespace evse::front_end {

// mV at -40 °C, -30 °C … 130 °C: 3300 R / (R + 10 kOhm), R by the B equation.
constexpr int kThermistorPoints = 18;
constexpr int32_t kThermistorMv[kThermistorPoints] = {3220, 3143, 3014, 2816, 2543, 2206,
                                                      1836, 1470, 1143, 871,  657,  494,
                                                      372,  282,  215,  166,  129,  101};
constexpr int32_t kThermistorFirstCc = -4000;
constexpr int32_t kThermistorStepCc = 1000;

// False: beyond the table, so broken off or shorted; `temperature_cc` is untouched.
inline bool thermistor_cc(uint32_t millivolt, int32_t& temperature_cc) {
  const int32_t mv = static_cast<int32_t>(millivolt);
  for (int i = 0; i + 1 < kThermistorPoints; ++i) {
    const int32_t colder = kThermistorMv[i];
    const int32_t warmer = kThermistorMv[i + 1];
    if (mv > colder || mv < warmer) continue;
    temperature_cc = kThermistorFirstCc + kThermistorStepCc * i +
                     kThermistorStepCc * (colder - mv) / (colder - warmer);
    return true;
  }
  return false;
}

}  // namespace evse::front_end
