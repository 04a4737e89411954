"""Models of earlier versions, made when a migration asks for them and not all of them after each of its operations.

Django makes every model anew that is connected with one that changes, which here are all. Who asks for a model gets it
with those that it refers to; who asks for what refers to it, as a deletion does, gets all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps.registry import Apps
from django.core.checks.model_checks import _check_lazy_references  # type: ignore[attr-defined]
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ModelState, ProjectState, StateApps
from django.db.models import Model
from django.utils.functional import cached_property

ModelKey = tuple[str, str]


class LazyStateApps(StateApps):
    """The models of a state. It keeps copies of what describes them, which the state goes on to change."""

    def __init__(self, real_apps: set[str], models: dict[ModelKey, ModelState]) -> None:
        self._waiting: dict[ModelKey, ModelState] = {}
        self._asked_for: list[ModelKey] = []
        super().__init__(real_apps, {key: state.clone() for key, state in models.items()})  # type: ignore[arg-type]

    def render_multiple(self, model_states: Sequence[ModelState]) -> None:
        self._waiting |= {(state.app_label, state.name_lower): state for state in model_states}

    def _render(self, *keys: ModelKey) -> None:
        self._asked_for += [key for key in keys if key in self._waiting]
        if not self._asked_for:
            return
        with self.bulk_update():
            while self._asked_for:
                if state := self._waiting.pop(self._asked_for.pop(), None):
                    state.render(self)

    def _render_all(self) -> None:
        if self._waiting:
            self._render(*self._waiting)
            if errors := _check_lazy_references(self):
                raise ValueError("\n".join(error.msg for error in errors))

    def get_registered_model(self, app_label: str, model_name: str) -> type[Model]:
        """Asked for by what refers to a model, which waits until it is there."""
        key = app_label, model_name.lower()
        if key in self._waiting:
            self._asked_for.append(key)
        return super().get_registered_model(app_label, model_name)

    def get_model(self, app_label: str, model_name: str | None = None, require_ready: bool = True) -> Any:
        app_label, name = app_label.split(".") if model_name is None else (app_label, model_name)
        self._render((app_label, name.lower()))
        if name.lower() not in self.all_models[app_label]:
            self._render_all()  # a table between two models, which comes with the one that names it
        return super().get_registered_model(app_label, name)

    def get_models(self, *args: Any, **kwargs: Any) -> Any:
        self._render_all()
        return super().get_models(*args, **kwargs)

    def get_app_config(self, app_label: str) -> Any:
        self._render(*(key for key in self._waiting if key[0] == app_label))
        return super().get_app_config(app_label)

    def get_app_configs(self) -> Any:
        self._render_all()
        return super().get_app_configs()

    def unregister_model(self, app_label: str, model_name: str) -> None:
        self._waiting.pop((app_label, model_name), None)
        super().unregister_model(app_label, model_name)

    def clear_cache(self) -> None:
        Apps.get_models.cache_clear()  # type: ignore[attr-defined]
        Apps.get_swappable_settings_name.cache_clear()  # type: ignore[attr-defined]
        if self.ready:
            for models in self.all_models.values():
                for model in models.values():
                    model._meta._expire_cache()  # type: ignore[attr-defined]


class LazyProjectState(ProjectState):
    """A state whose models are never changed in place: with the next change they are others."""

    @cached_property
    def apps(self) -> LazyStateApps:
        return LazyStateApps(self.real_apps, self.models)

    def clone(self) -> LazyProjectState:
        found = LazyProjectState({key: state.clone() for key, state in self.models.items()}, self.real_apps)
        if "apps" in self.__dict__:
            found.apps = self.apps
        found.is_delayed = self.is_delayed
        return found

    def remove_model(self, app_label: str, model_name: str) -> None:
        self._forget_models()
        super().remove_model(app_label, model_name)

    def reload_model(self, app_label: str, model_name: str, delay: bool = False) -> None:
        self._forget_models()

    def reload_models(self, models: Any, delay: bool = True) -> None:
        self._forget_models()

    def _forget_models(self) -> None:
        self.__dict__.pop("apps", None)


class LazyExecutor(MigrationExecutor):
    def _create_project_state(self, with_applied_migrations: bool = False) -> LazyProjectState:
        state = super()._create_project_state(with_applied_migrations)  # type: ignore[misc]
        return LazyProjectState(state.models, state.real_apps)
