import { estimators, plannedEstimators } from '@penstock/causal';
import { EstimatorCatalogue, FigureCatalogue } from '@penstock/contracts';
import { figures, plannedFigures } from '@penstock/figures';
import type { ServiceApp } from '@penstock/service-kit';
import type { Static } from 'typebox';

const ESTIMATORS: Static<typeof EstimatorCatalogue> = {
  estimators: [
    ...estimators.map(({ name, title, estimand, requires, optional, treatment, bootstrap }) => ({
      name,
      title,
      estimand,
      requires: [...requires],
      optional: [...optional],
      treatment,
      bootstrap,
      available: true,
      docs: `docs/methods/${name}.md`,
    })),
    ...plannedEstimators.map(({ name, title, estimand, requires }) => ({
      name,
      title,
      estimand,
      requires: [...requires],
      optional: [],
      // Each method's implementation settles this.
      treatment: null,
      bootstrap: false,
      available: false,
      docs: null,
    })),
  ],
};

const FIGURES: Static<typeof FigureCatalogue> = {
  figures: [
    ...figures.map(({ name, title, requires }) => ({ name, title, requires: [...requires], available: true })),
    ...plannedFigures.map(({ name, title, requires }) => ({ name, title, requires: [...requires], available: false })),
  ],
};

/** What exists, what is planned, and which roles each needs. */
export function registerCatalogueRoutes(app: ServiceApp): void {
  app.get(
    '/api/estimators',
    { schema: { tags: ['catalogue'], summary: 'Estimators, available and planned', response: { 200: EstimatorCatalogue } } },
    () => ESTIMATORS,
  );
  app.get(
    '/api/figures',
    { schema: { tags: ['catalogue'], summary: 'Figures, available and planned', response: { 200: FigureCatalogue } } },
    () => FIGURES,
  );
}
