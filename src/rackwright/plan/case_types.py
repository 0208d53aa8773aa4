"""Small building blocks of the case models: keys, one-or-many lists, words, and things of the user's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import core_schema

from rackwright.plan import case_names as names
from rackwright.plan.case_records import MODES, OBJECTIVES, RECOMPUTE
from rackwright.plan.case_units import Whole, Word
from rackwright.workload.precision import COMPUTE, KV_CACHE, SERVED, TRAINED


def key(meaning: str, default: Any = ..., why: str = "", example: Any = None) -> Any:
    """Declare a key: what it means, its default, why that default, and an example for editors."""
    extra: Any = {"why": why} if why else None
    examples = None if example is None else [example]
    if default is ...:
        return Field(description=meaning, examples=examples, json_schema_extra=extra)
    return Field(default=default, description=meaning, examples=examples, json_schema_extra=extra)


class Strict(BaseModel):
    """A mapping whose keys are all known."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True, frozen=True)


@dataclass(frozen=True)
class OneOrMany:
    """A list that may be written as its only item; the words in `free` read as the empty list: anything goes."""

    free: tuple[str, ...] = ("free", "all")

    def read(self, value: Any) -> Any:
        """Return a list."""
        if isinstance(value, str) and value in self.free:
            return []
        return value if isinstance(value, list) else [value]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(self.read, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        many = handler(schema)
        words = [{"enum": list(self.free)}] if self.free else []
        return {"anyOf": [*words, many["items"], many]}


Free = OneOrMany()
Ways = Annotated[list[Annotated[int, Whole(1, 65_536)]], Free]
Batches = Annotated[list[Annotated[int, Whole(1, 1_000_000)]], Free]
Stages = Annotated[list[Annotated[int, Whole(0, 3)]], Free]
Recompute = Annotated[list[Annotated[str, Word("recompute policy", lambda: tuple(RECOMPUTE))]], Free]
Modes = Annotated[list[Annotated[str, Word("mode", lambda: MODES)]], Free]
Objectives = Annotated[list[Annotated[str, Word("objective", lambda: OBJECTIVES)]], OneOrMany(())]
ObjectiveName = Annotated[str, Word("objective", lambda: OBJECTIVES)]
WeightFormat = Annotated[str, Word("number format of weights", lambda: SERVED)]
ComputeFormat = Annotated[str, Word("number format of matrix products", lambda: COMPUTE)]
CacheFormat = Annotated[str, Word("number format of a KV cache", lambda: KV_CACHE)]
TrainFormats = Annotated[list[Annotated[str, Word("number format of training", lambda: TRAINED)]], Free]
SystemNames = Annotated[
    list[Annotated[str, Word("system", lambda: ("all", "free", names.SHIPPING, *names.systems()))]], OneOrMany(())
]
CoolingNames = Annotated[list[Annotated[str, Word("cooling", names.coolings)]], Free]
AcceleratorName = Annotated[str, Word("accelerator", names.accelerators)]
SiteName = Annotated[str, Word("location", names.sites)]
OwnerName = Annotated[str, Word("owner", names.owners)]
ProfileName = Annotated[str, Word("daily profile", names.profiles)]
TraceName = Annotated[str, Word("measured length", names.traces)]
Name = Annotated[str, Field(min_length=1, max_length=120)]
Text = Annotated[str, Field(max_length=20_000)]
