#include "LcdDisplay.h"

#include <string.h>

namespace evse::esp32 {

void LcdDisplay::begin() {
  lcd_.init();
  lcd_.backlight();
}

void LcdDisplay::show(int row, const char (&line)[20]) {
  if (memcmp(shown_[row], line, sizeof line) == 0) return;
  memcpy(shown_[row], line, sizeof line);
  lcd_.setCursor(0, static_cast<uint8_t>(row));
  for (int i = 0; i < columns_ && i < 20; ++i) {
    lcd_.write(line[i] == '\0' ? static_cast<uint8_t>(' ') : static_cast<uint8_t>(line[i]));
  }
}

}  // namespace evse::esp32
