"""When Cloud Scheduler calls the sync."""

from __future__ import annotations

from tendero.platform.errors import SettingsError

_HOUR, _DAY = 60, 24 * 60


def cron(minutes: int) -> str:
    """A crontab line for a regular interval: 240 gives `0 */4 * * *`.

    Raises SettingsError for an interval that crontab cannot say: it starts anew every hour and every day.
    """
    if minutes < _HOUR and _HOUR % minutes == 0:
        return f"*/{minutes} * * * *"
    hours, rest = divmod(minutes, _HOUR)
    if not rest and minutes <= _DAY and 24 % hours == 0:
        return "0 0 * * *" if minutes == _DAY else f"0 */{hours} * * *"
    raise SettingsError(
        f"SYNC_INTERVAL_MINUTES={minutes} cannot be scheduled: take a divisor of 60 (5, 10, 15, 30), or whole"
        " hours that divide a day (60, 120, 180, 240, 360, 480, 720, 1440)."
    )
