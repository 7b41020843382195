// docs.espressif.com/projects/esp-idf/en/v4.4/esp32/api-reference/system/random.html
#pragma once

#include <stdint.h>

uint32_t esp_random(void);
