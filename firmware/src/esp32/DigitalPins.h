// Outputs and inputs that are on or off.
#pragma once

#include "HardwareConfig.h"
#include "hal/pins.h"

namespace evse::esp32 {

class DigitalPins {
 public:
  explicit DigitalPins(const HardwareConfig& board) : board_(board) {}

  // Outputs at their reset values first of all.
  void begin();
  void drive(const Outputs& out);
  void read(Inputs& in) const;

 private:
  const HardwareConfig& board_;
};

// Coils off, from the timer's interrupt: registers only, code in RAM (docs/decisions/0026).
void release_contactors_from_isr();

}  // namespace evse::esp32
