// docs.espressif.com/projects/esp-idf/en/v4.4/esp32/api-guides/memory-types.html
#pragma once

#define IRAM_ATTR
