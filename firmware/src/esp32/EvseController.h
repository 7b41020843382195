// The charging process on this board: a task of 1 kHz on core 1, and the way to and from it.
#pragma once

#include <freertos/FreeRTOS.h>
#include <freertos/task.h>

#include "AnalogInputs.h"
#include "DigitalPins.h"
#include "HardwareConfig.h"
#include "MeteringChip.h"
#include "PilotOutput.h"
#include "charger/charger.h"
#include "front_end/dead_man.h"

namespace evse::esp32 {

class EvseController {
 public:
  EvseController(const HardwareConfig& board, hal::Fram& fram, I2cBus& memory_bus);

  // Starts the task and its timer. Null, or what cannot be had: then no contactor can close.
  // `installation_ma`: what the wiring of the place allows, whatever is commanded.
  const char* begin(const front_end::LineScale (&scale)[3], uint32_t installation_ma);

  // From any other task. What is asked for holds until changed.
  void command(const Command& command);
  void show_tag(const char (&tag_id)[20]);
  Report report();
  Outputs outputs();

  // For FlashGuard: asks that no charging begins. It is granted in a tick in which none runs. Who
  // asks lets go again; it is held as long as anybody wants it.
  void ask_to_hold(bool hold);
  bool held();

 private:
  static void run(void* self);
  static bool on_timer(void* self);

  void tick(uint64_t now_us);

  const HardwareConfig& board_;
  Charger charger_;
  AnalogInputs analog_;
  DigitalPins pins_;
  PilotOutput pilot_;
  MeteringChip meter_;
  front_end::DeadMan dead_man_;
  TaskHandle_t task_ = nullptr;
  uint32_t installation_ma_ = 0;

  // Between the tasks; held for microseconds.
  portMUX_TYPE exchange_ = portMUX_INITIALIZER_UNLOCKED;
  Command command_;
  int hold_asked_ = 0;
  bool held_ = false;
  uint32_t tag_seq_ = 0;
  char tag_id_[20]{};
  Report report_;
  Outputs outputs_;
};

}  // namespace evse::esp32
