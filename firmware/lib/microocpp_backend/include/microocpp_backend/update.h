// New firmware that MicroOcpp is asked to fetch: it says when, the charger's updater does it.
#pragma once

#include <stdint.h>

#include <string>

#include "hal/updater.h"
#include "ocpp/settings.h"

namespace evse {

class Update {
 public:
  Update(hal::Updater& updater, ocpp::EventLog& log) : updater_(updater), log_(log) {}

  // To the library. `version`: null where there is none.
  void wire(const char* version);

  // `safe`: every contactor is open, and no transaction runs.
  void poll(uint64_t now_us, bool safe);

  // Nobody may begin to charge.
  bool is_out_of_service() const;
  // The image is the next to start.
  bool is_restart_due() const { return step_ == Step::Restart; }

 private:
  enum class Step : uint8_t {
    None,
    ToFetch,
    Fetching,
    Fetched,
    ToInstall,
    Installing,
    Told,  // what is said of it gets out
    Restart,
    FetchFailed,
    InstallFailed,
  };

  void fail(Step step, uint64_t now_us);

  hal::Updater& updater_;
  ocpp::EventLog& log_;
  Step step_ = Step::None;
  std::string url_;  // may have a password in it
  uint64_t told_us_ = 0;
};

}  // namespace evse
