"""All files of the list of hazards that one worker is given one after the other."""

from __future__ import annotations

from tests.hazards.bombs import BOMBS
from tests.hazards.hazard import Hazard
from tests.hazards.papers import PAPERS
from tests.hazards.pictures import PICTURES

ALL: tuple[Hazard, ...] = (*PICTURES, *PAPERS, *BOMBS)
