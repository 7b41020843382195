// Files over the business link, whose other end fetches and delivers them: new firmware into a
// slot of this machine, and logs.
#pragma once

#include <stdint.h>

#include "files_slots.h"
#include "hal/clock.h"
#include "hal/updater.h"
#include "hal/uploader.h"
#include "link/business.h"

namespace evse::host {

// Transfers of an updater have even numbers, those of an uploader odd ones.
class LinkUpdater final : public hal::Updater {
 public:
  LinkUpdater(link::Business& twin, ImageSlots& slots, hal::Clock& clock)
      : twin_(twin), slots_(slots), clock_(clock) {}

  // From the twin.
  void file_data(uint32_t transfer, const uint8_t* data, int size);
  void file_done(uint32_t transfer, link::FileOutcome outcome, const char* why, int size);

  const char* schemes() const override { return "FTP,FTPS,HTTP,HTTPS"; }
  // A slot is a file: nothing stands still while it is written.
  bool fetches_while_charging() const override { return true; }
  void download(const char* url) override;
  void verify(const uint8_t* key, int key_size, const uint8_t* signature,
              int signature_size) override;
  void install() override;
  void abandon() override;
  State state() override;
  const char* why() const override { return why_; }
  uint8_t running_slot() const override { return slots_.running(); }

 private:
  void end(const char* wrong);

  link::Business& twin_;
  ImageSlots& slots_;
  hal::Clock& clock_;
  uint32_t transfer_ = 0;
  bool fetching_ = false;
  bool installing_ = false;
  uint64_t installed_at_us_ = 0;
  State state_ = State::Idle;
  char why_[120] = "";
};

class LinkUploader final : public hal::Uploader {
 public:
  explicit LinkUploader(link::Business& twin) : twin_(twin) {}

  // From the twin.
  void file_done(uint32_t transfer, link::FileOutcome outcome, const char* why, int size);

  const char* schemes() const override { return "FTP,FTPS,HTTP,HTTPS"; }
  void begin(const char* url, const char* name) override;
  int put(const char* text, int size) override;
  void finish() override;
  void abandon() override;
  State state() override { return state_; }
  const char* why() const override { return why_; }

 private:
  link::Business& twin_;
  uint32_t transfer_ = 1;
  State state_ = State::Idle;
  char why_[120] = "";
};

}  // namespace evse::host
